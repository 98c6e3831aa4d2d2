package org.aibridge.testkit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives JUnit 5 tests the services they ask for with {@link AiService}, and closes them afterwards.
 *
 * <p>The annotation brings the extension along. JUnit 5.13 or newer closes the services; with an
 * older one a test has to do so itself.
 */
public final class AiServiceExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(AiServiceExtension.class);

  /** JUnit calls this constructor. */
  public AiServiceExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.isAnnotated(AiService.class)
        && parameter.getParameter().getType() == FakeAiService.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    AiService wanted = parameter.findAnnotation(AiService.class).orElseThrow();
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(wanted, key -> FakeAiService.start(key.value()), FakeAiService.class);
  }
}
