package org.aibridge.script;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Calls a lambda's only method with a script's arguments. */
final class LambdaFunction implements HostFunction {
  /** Caches the only method of each lambda class, so that it is searched for only once. */
  private static final ClassValue<Method> METHODS =
      new ClassValue<>() {
        @Override
        protected Method computeValue(Class<?> type) {
          return onlyMethod(type);
        }
      };

  private final Object lambda;
  private final Method method;

  private LambdaFunction(Object lambda, Method method) {
    this.lambda = lambda;
    this.method = method;
  }

  static HostFunction of(Object lambda) {
    Objects.requireNonNull(lambda, "lambda");
    return lambda instanceof HostFunction function
        ? function
        : new LambdaFunction(lambda, METHODS.get(lambda.getClass()));
  }

  @Override
  public Object call(List<Object> args) throws Exception {
    Class<?>[] types = method.getParameterTypes();
    Object[] fitted = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      fitted[i] = ScriptValues.fit(i < args.size() ? args.get(i) : null, types[i]);
    }
    try {
      return method.invoke(lambda, fitted);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static Method onlyMethod(Class<?> type) {
    List<Method> methods =
        interfaces(type, new LinkedHashSet<>()).stream()
            .flatMap(each -> Arrays.stream(each.getDeclaredMethods()))
            .filter(each -> Modifier.isAbstract(each.getModifiers()) && !ofObject(each))
            .toList();
    if (methods.size() != 1 || !callable(methods.get(0))) {
      throw new IllegalArgumentException(
          "a host function must implement one public functional interface, " + type + " does not");
    }
    return methods.get(0);
  }

  private static Set<Class<?>> interfaces(Class<?> type, Set<Class<?>> found) {
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      for (Class<?> face : each.getInterfaces()) {
        found.add(face);
        interfaces(face, found);
      }
    }
    return found;
  }

  private static boolean ofObject(Method method) {
    return Arrays.stream(Object.class.getMethods())
        .anyMatch(
            each ->
                each.getName().equals(method.getName())
                    && Arrays.equals(each.getParameterTypes(), method.getParameterTypes()));
  }

  private static boolean callable(Method method) {
    return Modifier.isPublic(method.getDeclaringClass().getModifiers())
        || method.trySetAccessible();
  }
}
