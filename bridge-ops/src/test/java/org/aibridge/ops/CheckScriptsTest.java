package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.ops.CommandRun.Found;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check --scripts} says of the addresses that scripts ask for. */
class CheckScriptsTest {
  @TempDir Path folder;
  private CommandRun run;

  @BeforeEach
  void begin() throws IOException {
    run = new CommandRun(folder);
    run.conf("http://127.0.0.1:9/ai", "[script_http]", "allowed_hosts = lore_db:8080");
  }

  private List<Found> found(String text) throws IOException {
    Files.createDirectories(folder.resolve("npc/custom"));
    Files.writeString(folder.resolve("npc/custom/guide.txt"), text);
    run.run("check", "--json", "--scripts", "npc");
    return Found.all(run.out).stream().filter(found -> found.check().equals("scripts")).toList();
  }

  @Test
  void listsWhatWouldBeAskedAndWhatRefused() throws Exception {
    List<Found> found =
        found(
            """
            prontera,155,185,4	script	Guide	4_M_SAGE_C,{
            	.@r$ = httpget("/api/v1/npc/greeting?npc=Kafra");
            	.@r$ = httppost( "http://lore_db:8080/ask", .@json$);
            	.@r$ = httpget("/api/v1/npc/state?player=" + getcharid(3));
            	.@r$ = httppost("http://localhost:8888/ai/npc/register", .@json$);
            	.@r$ = httpget("/api/v1/actions/pending");
            	.@r$ = httpget("/api/v1/../../admin");
            	.@r$ = httpget('/api/v1/npc/greeting?npc=Kafra');
            	.@r$ = httpget(.@url$); .@r$ = httpget("http://" + .@host$ + "/x");
            	// .@r$ = httpget("/commented/out");
            	/* httpget("/neither") */ mes "write httpget('/nor')";
            	.@r$ = httppost("/api/v1/events/dispatch", .@event$);
            """);

    assertThat(found)
        .extracting(Found::detail)
        .containsExactly(
            "httpget /api/v1/npc/greeting?npc=Kafra (custom/guide.txt:2 and 1 more)",
            "httppost http://lore_db:8080/ask (custom/guide.txt:3)",
            "httpget /api/v1/npc/state?player= ... (custom/guide.txt:4)",
            "httppost http://localhost:8888/ai/npc/register (custom/guide.txt:5) would be refused:"
                + " localhost:8888 is not among allowed_hosts",
            "httpget /api/v1/actions/pending (custom/guide.txt:6) would be refused: the path is one"
                + " of the bridge's own",
            "httpget /api/v1/../../admin (custom/guide.txt:7) would be refused: the path holds a dot"
                + " segment",
            "httppost /api/v1/events/dispatch (custom/guide.txt:12)",
            "calls that make their address at run time, and are judged then: 2");
    assertThat(found).filteredOn(one -> one.level().equals("warning")).hasSize(3);
    assertThat(found.get(3).advice())
        .isEqualTo(
            "if that is an old address of the AI service: [script_http] rewrite = localhost:8888; if"
                + " not, allowed_hosts = localhost:8888, and 127.0.0.1 is loopback, where scripts go"
                + " only inside [script_http] allowed_networks");
  }

  @Test
  void knowsTheNetworksWhereScriptsDoNotGo() throws Exception {
    run.conf(
        "http://127.0.0.1:9/ai",
        "[script_http]",
        "allowed_hosts = 127.0.0.2:80, 127.0.0.3",
        "allowed_networks = 127.0.0.3/32");
    List<Found> found =
        found(
            """
            httpget("http://127.0.0.2/x"); httpget("http://127.0.0.3/x");
            httpget("http://169.254.7.7/x"); httpget("http://lore/x");
            """);
    assertThat(found)
        .extracting(Found::level)
        .containsExactly("warning", "ok", "warning", "warning");
    assertThat(found.get(0).detail())
        .endsWith(
            "127.0.0.2 is loopback, where scripts go only inside [script_http] allowed_networks");
    assertThat(found.get(2).advice())
        .endsWith("if not, correct it: 169.254.7.7 is link-local, where scripts never go");
    assertThat(found.get(3).advice()).endsWith("if not, allowed_hosts = lore:80");
  }

  @Test
  void takesAnyFile() throws Exception {
    Files.createDirectories(folder.resolve("npc"));
    Files.write(folder.resolve("npc/korean.txt"), new byte[] {(byte) 0xB0, (byte) 0xA1, '\n'});
    Files.createSymbolicLink(folder.resolve("npc/loop"), folder.resolve("npc"));
    assertThat(found("httpget").get(0).detail()).startsWith("no call of httpget or httppost");
    assertThat(found("httpget(").get(0).detail()).startsWith("calls that make their address");
    assertThat(found("httpget(\"").get(0).detail()).startsWith("calls that make their address");
    assertThat(found("httpget(\"/a\\").get(0).detail()).startsWith("httpget /a");
    assertThat(found("\"" + "httpget(\"").get(0).detail()).startsWith("no call");
  }

  @Test
  void countsWhatItDoesNotRead() throws Exception {
    Files.createDirectories(folder.resolve("npc"));
    Files.write(folder.resolve("npc/large.txt"), new byte[(4 << 20) + 1]);
    assertThat(found("httpget('/x')").get(1).detail())
        .isEqualTo("files that cannot be read, or are too large: 1");
  }

  @Test
  void saysThatTheFolderIsNotThere() throws Exception {
    run.run("check", "--scripts", "none");
    assertThat(run.out).contains("✗ scripts", "none cannot be read", "correct --scripts");
  }

  @Test
  void asksNothingOfScriptsThatMayAskNobody() throws Exception {
    run.conf("http://127.0.0.1:9/ai", "[script_http]", "enabled = no");
    assertThat(found("httpget('/x')").get(0).level()).isEqualTo("skipped");
  }
}
