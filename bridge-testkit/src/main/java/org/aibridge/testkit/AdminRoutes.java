package org.aibridge.testkit;

import com.github.tomakehurst.wiremock.admin.Router;
import com.github.tomakehurst.wiremock.extension.AdminApiExtension;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.util.function.Consumer;

/**
 * What a running service does by HTTP, beside WireMock's own: {@code POST /__admin/switch} with the
 * name of a built-in scenario, {@code POST /__admin/actions} with actions to offer.
 */
final class AdminRoutes implements AdminApiExtension {
  private final FakeAiService service;

  AdminRoutes(FakeAiService service) {
    this.service = service;
  }

  @Override
  public String getName() {
    return "ai-service";
  }

  @Override
  public void contributeAdminApiRoutes(Router router) {
    // WireMock maps a task's class to its path, so each route needs its own lambda.
    router.add(RequestMethod.POST, "/switch", (admin, event, p) -> done(event, this::switchTo));
    router.add(
        RequestMethod.POST, "/actions", (admin, event, p) -> done(event, service::offerActions));
  }

  private void switchTo(String name) {
    AiServiceScenario scenario = AiServiceScenario.named(name.strip());
    if (!scenario.isListening()) {
      throw new IllegalArgumentException(
          "in \"" + name.strip() + "\" nothing listens, and so nothing would switch back");
    }
    service.switchTo(scenario);
  }

  private static ResponseDefinition done(ServeEvent event, Consumer<String> work) {
    try {
      work.accept(event.getRequest().getBodyAsString());
      return new ResponseDefinition(200, "done\n");
    } catch (IllegalArgumentException e) {
      return new ResponseDefinition(400, e.getMessage() + "\n");
    }
  }
}
