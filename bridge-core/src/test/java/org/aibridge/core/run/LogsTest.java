package org.aibridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
  void losesAMessageThatCannotBeMade() {
    LogThrottle throttle = new LogThrottle(new TestClock(0));
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
