package org.aibridge.core.action;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What runs on the game thread can neither log, wait, nor touch a file or a socket. */
@AnalyzeClasses(
    packages = "org.aibridge.core.action",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class GameThreadRulesTest {
  private static final String ON_THE_GAME_THREAD =
      "org\\.aibridge\\.core\\.action\\.(ActionKind|ActionLimitCheck|ActionRunner|ActionTask|ActionInvoker|CustomSubjects|ActionEnd|Handlers|Subjects|ApplyContext)(\\$.*)?";

  @ArchTest
  static final ArchRule NO_LOG_LOCK_OR_INPUT_OUTPUT =
      noClasses()
          .that()
          .haveNameMatching(ON_THE_GAME_THREAD)
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "org\\.slf4j\\..*|java\\.io\\..*|java\\.nio\\..*|java\\.net\\..*"
                  + "|java\\.util\\.concurrent\\.locks\\..*|java\\.util\\.concurrent\\..*Blocking.*"
                  + "|org\\.aibridge\\.core\\.run\\.LogThrottle|org\\.aibridge\\.core\\.http\\..*"
                  + "|org\\.aibridge\\.core\\.store\\..*");

  @ArchTest
  static final ArchRule NOTHING_SYNCHRONIZED =
      noMethods()
          .that()
          .areDeclaredInClassesThat()
          .haveNameMatching(ON_THE_GAME_THREAD)
          .should()
          .haveModifier(JavaModifier.SYNCHRONIZED);
}
