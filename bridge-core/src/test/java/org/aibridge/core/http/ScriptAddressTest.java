package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptAddressTest {
  private static final HttpUrl BASE = HttpUrl.get("http://ai:8000/game");
  private static final List<String> OWN =
      List.of("/api/v1/events/dispatch", "/api/v1/actions/pending", "/api/v1/actions/complete");

  private static ScriptAddress.Places places(Set<String> hosts) {
    ScriptAddress.Places plain = ScriptAddress.Places.of(BASE, TestConfig.plain());
    return new ScriptAddress.Places(BASE, hosts, Set.of(), plain.own(), plain.events());
  }

  private static String problem(String text) {
    return ScriptAddress.of(places(Set.of()), text).problem();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../admin",
        "/..",
        "/.",
        "/npc/../../admin",
        "/npc/./greeting",
        "/npc/../greeting",
        "/%2e%2e/admin",
        "/.%2E/admin",
        "/%2e./admin",
        "/%252e%252e/admin",
        "/%25252e%25252e/admin",
        "/%%32%65%%32%65/admin",
        "/..%2fadmin",
        "/..%252fadmin",
        "/\\..\\admin",
        "/..\\admin",
        "/%5c..%5cadmin",
        "/%2e%2e%5cadmin",
        "/\t../admin",
        "/.\t./admin",
        "/.\n./admin",
        "/..\r/admin",
        "/..%09/admin",
        "/.%0a./admin",
        "/..%00/admin",
        "/npc%00/greeting",
        "/..;/admin",
        "/..;x=1/admin",
        "/;/../admin",
        "/a;..;/admin",
        "/%2e%2e;/admin",
        "/..%3b/admin",
        "/..%20/admin",
        "/.. /admin",
        "/... /admin",
        "/..%3f/admin",
        "/..%23/admin",
        "//../admin",
        "/a//..//..//admin",
        "/%c0%ae%c0%ae/admin",
        "/%c0%ae./admin",
        "/..%c0%afadmin",
        "/%e0%80%ae%e0%80%ae/admin",
        "/%f0%80%80%ae./admin",
        "/%25c0%25ae./admin",
        "/%u002e%u002e/admin",
        "/%u002e%2e/admin",
        "/\uff0e\uff0e/admin",
        "/\uff0e./admin",
        "/%ef%bc%8e%ef%bc%8e/admin",
        "/\u2025/admin",
        "/..\uff0fadmin",
        "/..\uff3cadmin",
        "/..%ef%bc%8fadmin",
        "/\uff052e\uff052e/admin",
        "/%ff",
        "/%ed%a0%80",
        "http://ai:8000/admin",
        "http://ai:8000",
        "http://ai:8000/",
        "http://ai:8000//game/npc",
        "http://ai:8000/gamer/npc",
        "http://ai:8000/Game/npc",
        "http://ai:8000/game/../admin",
        "http://ai:8000/game/%2e%2e/admin",
        "http://ai:8000/x/../game/npc",
        "http:\\\\ai:8000\\admin",
        "http:/ai:8000/admin",
        "http://ai:8000/game%2fnpc",
        "HTTP://AI:8000/admin",
        "http://u:p@ai:8000/admin"
      })
  void letsNoScriptLeaveThePathOfTheService(String text) {
    assertThat(problem(text)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/npc/greeting?npc=../../x&player=%2e%2e/,/game/npc/greeting",
    "/npc#/../x,/game/npc",
    "/a//b,/game/a//b",
    "//elsewhere/x,/game//elsewhere/x",
    "/..a/b..c/d..,/game/..a/b..c/d..",
    "/v1.2/x,/game/v1.2/x",
    "/%E2%82%AC,/game/%E2%82%AC",
    "/\u00e9\uac00,/game/%C3%A9%EA%B0%80",
    "/100%25,/game/100%25",
    "/100%,/game/100%",
    "/a%2520b,/game/a%2520b",
    "/a;v=1/b,/game/a;v=1/b",
    "/npc,/game/npc",
    "/api/v1/events,/game/api/v1/events",
    "/api/v1/events/dispatches,/game/api/v1/events/dispatches",
    "/api/v1/health,/game/api/v1/health",
    "http://ai:8000/game,/game",
    "http://ai:8000/game/npc,/game/npc",
    "HTTP://Ai:8000/game/npc,/game/npc"
  })
  void asksForWhatTheScriptWroteBelowIt(String text, String sent) {
    ScriptAddress address = ScriptAddress.of(places(Set.of()), text);
    assertThat(address.problem()).isEmpty();
    assertThat(address.url().encodedPath()).isEqualTo(sent);
    assertThat(address.url().host()).isEqualTo("ai");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "%s/",
        "%s?limit=1",
        "%s#x",
        "%s;x",
        "%s;jsessionid=1/",
        "%s/7",
        "%s%%20",
        "%s%%3fx",
        "%s.",
        "/%s",
        "//%s//",
        "\\%s",
        "%%2f%s",
        "http://ai:8000/game%s"
      })
  void refusesThePathsOfTheBridgeInEachDress(String dress) {
    for (String own : OWN) {
      for (String written :
          List.of(
              own,
              own.toUpperCase(Locale.ROOT),
              own.replace("/", "//"),
              own.replace("/", "\\"),
              own.replace("v1", "%761"),
              own.replace("v1", "%25761"),
              own.replace("i", "%69"),
              own.replace("i", "\uff49"),
              own.replace("v1/", "v1;x=y/"),
              own.replace("v1/", "v1%2F"),
              own.replace("v1/", "v1%252f"))) {
        String text = dress.formatted(written);
        assertThat(problem(text)).as(text).isNotEmpty();
      }
    }
  }

  @Test
  void knowsWhereTheBridgePostsEvents() {
    ScriptAddress.Places places = places(Set.of());
    for (String text :
        List.of(OWN.get(0), "http://ai:8000/game" + OWN.get(0), OWN.get(0) + "?x=1")) {
      assertThat(ScriptAddress.of(places, text).takesEvents(places)).as(text).isTrue();
    }
    for (String text :
        List.of(
            OWN.get(1),
            OWN.get(0) + "/",
            OWN.get(0) + "/x",
            OWN.get(0).toUpperCase(Locale.ROOT),
            "http://other:8000/game" + OWN.get(0),
            "http://ai:8000" + OWN.get(0),
            "no url")) {
      assertThat(ScriptAddress.of(places, text).takesEvents(places)).as(text).isFalse();
    }
  }

  /** As scripts of an older server have them, with the address of the service written in. */
  @ParameterizedTest
  @CsvSource({
    "http://192.168.0.100:8000/api/v1/npc?x=http://a,/game/api/v1/npc",
    "HTTP://192.168.0.100:8000/npc#x,/game/npc",
    "https://old.example/npc,/game/npc"
  })
  void asksTheServiceWhereAnOldAddressIsWritten(String text, String sent) {
    ScriptAddress address = ScriptAddress.of(rewriting(), text);
    assertThat(address.problem()).isEmpty();
    assertThat(address.url().host()).isEqualTo("ai");
    assertThat(address.url().port()).isEqualTo(8000);
    assertThat(address.url().encodedPath()).isEqualTo(sent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://192.168.0.100:8000/../admin",
        "http://192.168.0.100:8000/%2e%2e/admin",
        "http://192.168.0.100:8000/api/v1/actions/pending",
        "http://192.168.0.100:8001/npc",
        "http://u:p@192.168.0.100:8000/npc",
        "http:\\\\192.168.0.100:8000\\npc",
        "http://192.168.0.100:8000@evil.example/npc",
        "http://192.168.0.100:8000"
      })
  void judgesAnOldAddressLikeAnyOther(String text) {
    assertThat(ScriptAddress.of(rewriting(), text).problem()).isNotEmpty();
  }

  private static ScriptAddress.Places rewriting() {
    ScriptAddress.Places plain = places(Set.of());
    return new ScriptAddress.Places(
        BASE,
        Set.of(),
        ScriptAddress.hosts(List.of("192.168.0.100:8000", "old.example")),
        plain.own(),
        plain.events());
  }

  @Test
  void asksTheHostsThatAreAllowedAndNoOther() {
    Set<String> hosts =
        ScriptAddress.hosts(List.of("wiki", "db:99", "[::1]:80", "[0:0::2]", "lore_db:8080"));
    for (String text :
        List.of(
            "http://wiki/a/../b",
            "https://WIKI:7/",
            "http://db:99/api/v1/actions/complete",
            "http://[::1]/",
            "http://[0:0:0:0:0:0:0:1]:80/x",
            "http://[::2]:9/",
            "http://lore_db:8080/x")) {
      assertThat(ScriptAddress.of(places(hosts), text).problem()).as(text).isEmpty();
    }
    for (String text :
        List.of(
            "http://ai:8001/game/",
            "https://ai:8000/game/",
            "http://ai.:8000/game/",
            "http://db/",
            "http://awiki/",
            "http://wiki.evil/",
            "http://wiki@evil/",
            "http://[::1]:81/",
            "http://[::3]/",
            "http://127.1/",
            "http://lore_db/")) {
      assertThat(ScriptAddress.of(places(hosts), text).problem())
          .as(text)
          .endsWith(" is not among allowed_hosts");
    }
    assertThat(ScriptAddress.of(places(hosts), "http://[::3]:8/").problem())
        .startsWith("[::3]:8 is not");
  }

  @Test
  void boundsTheWorkForWhatIsEncodedOverAndOver() {
    String nested = "/%" + "25".repeat(30_000) + "2e";
    assertThat(problem(nested)).contains("encoded more than 8 times");
  }

  /**
   * Mixes dots, separators and the bridge's paths, each character encoded in some way as often as
   * chance has it, and has services of several kinds read what would be sent.
   */
  @Test
  void letsNothingThroughThatAServiceCouldReadAsAWayOut() {
    Random random = new Random(15);
    int let = 0;
    int waysOut = 0;
    for (int i = 0; i < 30_000; i++) {
      String text = random.nextInt(8) == 0 ? "http://ai:8000/game" : "";
      text += path(random);
      ScriptAddress address = ScriptAddress.of(places(Set.of()), text);
      if (address.url() == null || !address.url().host().equals("ai")) {
        continue;
      }
      String sent = address.url().encodedPath();
      boolean out = isWayOut(sent);
      waysOut += out ? 1 : 0;
      let += address.problem().isEmpty() ? 1 : 0;
      assertThat(out && address.problem().isEmpty()).as(text + " as " + sent).isFalse();
    }
    assertThat(let).as("let through").isGreaterThan(1000);
    assertThat(waysOut).as("ways out").isGreaterThan(1000);
  }

  private static String path(Random random) {
    List<String> words =
        List.of(
            "..", ".", "npc", "x", "a.b", "", "admin", "api", "v1", "...", "game", "%41", "\u00e9");
    StringBuilder path = new StringBuilder();
    if (random.nextInt(4) == 0) {
      for (String word : OWN.get(random.nextInt(OWN.size())).substring(1).split("/")) {
        path.append(separator(random)).append(dressed(word, random));
      }
    }
    for (int n = random.nextInt(4); n >= 0; n--) {
      path.append(separator(random))
          .append(dressed(words.get(random.nextInt(words.size())), random));
      path.append(
          random.nextInt(8) == 0
              ? List.of(";", ";x=1", "%3b", "\t", "%00", "%20").get(random.nextInt(6))
              : "");
    }
    return "/" + path.substring(1);
  }

  private static String separator(Random random) {
    return random.nextInt(3) > 0
        ? "/"
        : List.of("//", "\\", "%2f", "%2F", "%5c", "%252f", "%255C", "%c0%af", "/;/", "/./")
            .get(random.nextInt(10));
  }

  private static String dressed(String word, Random random) {
    boolean plain = random.nextInt(3) == 0;
    StringBuilder dressed = new StringBuilder();
    for (char c : word.toCharArray()) {
      String shown = String.valueOf(c);
      if (!plain && c < 128 && random.nextInt(2) == 0) {
        shown =
            switch (random.nextInt(6)) {
              case 0 -> String.format(Locale.ROOT, "%%%02X", (int) c);
              case 1 -> String.format(Locale.ROOT, "%%c%x%%%02x", c >> 6, 0x80 | c & 0x3f);
              case 2 -> String.format(Locale.ROOT, "%%u%04x", (int) c);
              case 3 -> String.valueOf(Character.toUpperCase(c));
              default -> String.format(Locale.ROOT, "%%%02x", (int) c);
            };
        for (int n = random.nextInt(3); n > 0; n--) {
          shown = shown.replace("%", random.nextBoolean() ? "%25" : "%%32%35");
        }
      }
      dressed.append(shown);
    }
    return dressed.toString();
  }

  /** Whether some service might leave {@code /game} or take it for a path of the bridge's. */
  private static boolean isWayOut(String sent) {
    for (String now = sent, before = null; !now.equals(before); ) {
      for (boolean parameters : new boolean[] {false, true}) {
        List<String> segments = resolved(now, parameters);
        if (segments == null || segments.isEmpty() || !segments.get(0).equals("game")) {
          return true;
        }
        String below = "/" + String.join("/", segments.subList(1, segments.size()));
        if (OWN.contains(below.toLowerCase(Locale.ROOT))) {
          return true;
        }
      }
      before = now;
      now = decodedLeniently(now);
    }
    return false;
  }

  /** Null when it climbs out of the root. */
  private static List<String> resolved(String path, boolean cutsParameters) {
    Deque<String> segments = new ArrayDeque<>();
    int depth = 0;
    for (String segment : path.replace('\\', '/').replaceAll("[\\x00-\\x1f]", "").split("/")) {
      String bare = cutsParameters ? segment.replaceAll(";.*", "").strip() : segment;
      if (bare.equals("..")) {
        if (segments.pollLast() == null || --depth < 1) {
          return null;
        }
      } else if (!bare.isEmpty() && !bare.equals(".")) {
        segments.add(bare);
        depth++;
      }
    }
    return new ArrayList<>(segments);
  }

  /** As a decoder does that takes overlong sequences and {@code %uXXXX}. */
  private static String decodedLeniently(String text) {
    StringBuilder decoded = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      String rest = text.substring(i, Math.min(text.length(), i + 6));
      if (rest.charAt(0) != '%') {
        decoded.append(rest.charAt(0));
      } else if (rest.matches("(?s)%[uU]00[0-7][0-9a-fA-F]")) {
        decoded.append((char) Integer.parseInt(rest.substring(4), 16));
        i += 5;
      } else if (rest.matches("(?s)%[cC][01]%[89abAB][0-9a-fA-F]")) {
        int low = Integer.parseInt(rest.substring(4), 16) & 0x3f;
        decoded.append((char) (rest.charAt(2) == '1' ? 0x40 | low : low));
        i += 5;
      } else if (rest.matches("(?s)%[0-9a-fA-F]{2}.*")) {
        decoded.append((char) Integer.parseInt(rest.substring(1, 3), 16));
        i += 2;
      } else {
        decoded.append(rest.charAt(0));
      }
    }
    return decoded.toString();
  }
}
