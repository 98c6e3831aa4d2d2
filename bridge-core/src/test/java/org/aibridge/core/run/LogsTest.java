package org.aibridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.aibridge.core.text.Lines;
import org.aibridge.core.text.Shown;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.Logger;

class LogsTest {
  @TestFactory
  Stream<DynamicTest> throwsFromNoMethodWhateverTheHostsLoggerThrows() {
    return Foreign.THROWABLES.stream()
        .map(
            thrown ->
                DynamicTest.dynamicTest(
                    thrown.getClass().getSimpleName(), () -> callsAll(loggerThat(thrown))));
  }

  @Test
  void handsOnWhatItIsGiven() {
    List<String> called = new ArrayList<>();
    Logger logger =
        Logs.guarded(
            proxy(
                (proxy, method, arguments) -> {
                  called.add(method.getName() + Arrays.deepToString(arguments));
                  return method.getReturnType() == boolean.class ? true : null;
                }));
    logger.warn("{} and {}", 1, 2);
    assertThat(logger.isDebugEnabled()).isTrue();
    assertThat(called).containsExactly("warn[{} and {}, 1, 2]", "isDebugEnablednull");
  }

  @Test
  void asksABackendThatMakesNoLoggerAgainWithTheNextLine() {
    List<String> called = new ArrayList<>();
    Deque<Throwable> first = new ArrayDeque<>(Foreign.THROWABLES);
    Supplier<Logger> loggers = proxy((proxy, method, arguments) -> called.add(method.getName()));
    Logger logger =
        Logs.guarded(
            () -> {
              if (!first.isEmpty()) {
                Foreign.sneak(first.poll());
              }
              return loggers.get();
            });
    for (int i = 0; i < Foreign.THROWABLES.size(); i++) {
      logger.isWarnEnabled();
    }
    assertThat(called).containsExactly("isWarnEnabled");
  }

  @Test
  void writesNoCharacterThatNobodySees() {
    List<Object> written = new ArrayList<>();
    Logger logger =
        Logs.guarded(
            proxy(
                (proxy, method, arguments) -> {
                  for (Object argument : arguments) {
                    written.addAll(
                        argument instanceof Object[] several
                            ? Arrays.asList(several)
                            : List.of(argument));
                  }
                  return null;
                }));
    String bad = "\u001B[2J\nFAKE \u202E\u200B\uD83D";
    Exception cause = new IllegalStateException(bad);
    Exception failure = new Exception("clean", cause);
    failure.addSuppressed(new Exception(bad));
    logger.warn(bad);
    logger.warn("{}", bad);
    logger.warn("{} {}", new StringBuilder(bad), List.of(bad));
    logger.warn("{} {} {}", 1, Path.of("/a\u202E"), Optional.of(bad));
    logger.error("{}", bad, failure);
    logger.error("x", failure);
    logger.error("{}", new Lines("one\ntwo " + bad.replace('\n', ' ')));
    logger.error("x".repeat(10_000));
    for (Object each : written) {
      String text = each instanceof Throwable thrown ? stackOf(thrown) : each.toString();
      assertThat(text.replaceAll("[\n\t]", " ")).matches(Shown::isClean);
      assertThat(text.lines()).noneMatch(line -> line.startsWith("FAKE"));
      assertThat(text.length()).isLessThan(20_000);
    }
    assertThat(written.get(written.size() - 2)).isInstanceOf(String.class);
    Throwable shown =
        (Throwable) written.stream().filter(Throwable.class::isInstance).findAny().get();
    assertThat(shown.getStackTrace()).isEqualTo(failure.getStackTrace());
    assertThat(shown.getCause().toString())
        .startsWith("java.lang.IllegalStateException: \\u001B[2J\\u000AFAKE");
  }

  @Test
  void leavesAnExceptionThatSaysNothingUncleanAsItIs() {
    List<Object> written = new ArrayList<>();
    Logger logger =
        Logs.guarded(proxy((proxy, method, arguments) -> written.addAll(Arrays.asList(arguments))));
    Exception failure = new Exception("clean", new Error("\u00FCber"));
    logger.error("x", failure);
    assertThat(written).contains(failure);
  }

  private static String stackOf(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString().replace(System.lineSeparator(), "\n");
  }

  @Test
  void writesTheLineThoughAnArgumentCannotSayWhatItIs() {
    List<Object> written = new ArrayList<>();
    Logger logger =
        Logs.guarded(proxy((proxy, method, arguments) -> written.addAll(Arrays.asList(arguments))));
    for (Throwable thrown : Foreign.THROWABLES) {
      written.clear();
      logger.error("a line", thrown);
      assertThat(written).as(thrown.getClass().getName()).hasSize(2).first().isEqualTo("a line");
    }
  }

  @Test
  void losesAMessageThatCannotBeMade() {
    LogThrottle throttle = new LogThrottle(new ManualClock(0));
    throttle.run("a", () -> Foreign.sneak(new StackOverflowError()));
    List<String> ran = new ArrayList<>();
    throttle.run("b", () -> ran.add("b"));
    assertThat(ran).containsExactly("b");
  }

  private static void callsAll(Logger logger) throws Exception {
    for (Method method : Logger.class.getMethods()) {
      Object[] arguments = Arrays.stream(method.getParameterTypes()).map(LogsTest::any).toArray();
      if (!method.isDefault()) {
        method.invoke(logger, arguments);
      }
    }
  }

  private static Object any(Class<?> type) {
    return type == Object[].class ? new Object[0] : null;
  }

  private static Logger loggerThat(Throwable thrown) {
    return Logs.guarded(
        proxy(
            (proxy, method, arguments) -> {
              throw thrown;
            }));
  }

  private static Supplier<Logger> proxy(InvocationHandler handler) {
    Object logger =
        Proxy.newProxyInstance(
            Logger.class.getClassLoader(), new Class<?>[] {Logger.class}, handler);
    return () -> (Logger) logger;
  }
}
