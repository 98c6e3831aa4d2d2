package org.aibridge.testkit;

import com.github.jknack.handlebars.Helper;
import com.github.tomakehurst.wiremock.extension.TemplateHelperProviderExtension;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/**
 * Gives templates {@code {{httpDate N}}}: the time N seconds from now as an HTTP date.
 *
 * <p>WireMock's own {@code now} writes the names of days and months in the machine's language.
 */
final class HttpDateHelper implements TemplateHelperProviderExtension {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

  private final InstantSource clock;

  HttpDateHelper(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String getName() {
    return "http-date";
  }

  @Override
  public Map<String, Helper<?>> provideTemplateHelpers() {
    Helper<Number> httpDate = (seconds, options) -> httpDate(seconds.longValue());
    return Map.of("httpDate", httpDate);
  }

  String httpDate(long secondsFromNow) {
    return HTTP_DATE.format(clock.instant().plusSeconds(secondsFromNow).atOffset(ZoneOffset.UTC));
  }
}
