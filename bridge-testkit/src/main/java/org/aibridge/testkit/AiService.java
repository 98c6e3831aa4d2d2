package org.aibridge.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Asks JUnit 5 for a {@link FakeAiService} as a parameter.
 *
 * <p>A service lives as long as the test it was made for; one that a {@code @BeforeAll} method or a
 * constructor asks for lives as long as the test class. Where two parameters of the same test have
 * an equal annotation they get the same service.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(AiServiceExtension.class)
public @interface AiService {
  /** The built-in scenario that the service plays at the start. */
  String value() default "healthy";

  /** A name that distinguishes services with the same scenario. */
  String id() default "";
}
