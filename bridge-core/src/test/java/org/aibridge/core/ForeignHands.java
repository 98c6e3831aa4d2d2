package org.aibridge.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.torture.Behaviours;
import org.aibridge.torture.Script;
import org.aibridge.torture.ScriptedService;

/**
 * Another process takes a file or a folder of ours away, each in each way, while the bridge runs
 * and while it is down; then the bridge lives on, is started again, and is offered every action
 * again.
 *
 * <p>What is done to is generated from what a small life leaves. The bridge is a process of its
 * own, so that its end by SIGBUS is seen as one.
 */
final class ForeignHands implements AutoCloseable {
  /** What is done to a file, or to a folder. */
  enum Damage {
    EMPTY,
    HALF,
    DELETE,
    OLDER,
    GARBAGE,
    DIRECTORY,
    UNREADABLE,
    AWAY_AND_BACK
  }

  /** When. */
  enum When {
    RUNNING,
    DOWN
  }

  /** One thing done. {@code role} is the file's name, or what it is among others of its kind. */
  record Case(String role, Damage damage, When when) {
    boolean isOfFolder() {
      return role.endsWith("/");
    }
  }

  /**
   * What came of it.
   *
   * @param end how the life ended in which it was done: closed, died, or off
   * @param state state and problem while it was damaged
   * @param told the first warnings and errors of the log
   * @param lost events accepted before and neither delivered nor dead letters at the end
   * @param lostLater of those accepted afterwards
   * @param twice actions applied twice
   * @param damaged what the status counts, of events and of the ledger
   * @param waiting what the status says waits at the end, with everything delivered
   * @param threw what publish threw at the game thread
   */
  record Outcome(
      Case what,
      String end,
      String state,
      List<String> told,
      int lost,
      int lostLater,
      Set<String> twice,
      long damaged,
      long ledgerDamaged,
      long waiting,
      String threw,
      String last) {}

  private static final int FIRST = 1800;
  private static final int ACTIONS = 12;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path root;
  private final Path template;
  private final Path older;
  private ChildJvm child;
  private int number;
  private long errorsSeen;

  ForeignHands(Path root) throws Exception {
    this.root = root;
    this.template = root.resolve("template");
    this.older = root.resolve("older");
    makeTemplate();
  }

  @Override
  public void close() {
    if (child != null) {
      child.close();
    }
  }

  /** Some delivered, some dead letters, many waiting; killed. */
  private void makeTemplate() throws Exception {
    Path life = Files.createDirectories(root.resolve("life"));
    try (ScriptedService service = new ScriptedService(life.resolve("commits"), 0)) {
      service.script(Script.always(Behaviours.refuse(n -> n % 97 == 5, 422, "bad")));
      offer(service, 0, ACTIONS / 2);
      Path conf = conf(life, service.baseUrl());
      start(conf);
      ask("publish 0 400");
      settle(() -> number(status(), "event_dispatcher", "current_size") == 0);
      settle(() -> service.results().size() >= ACTIONS / 2);
      kill();
      copy(life, older);
      service.script(Script.always(Behaviours.fail(503, false)));
      offer(service, ACTIONS / 2, ACTIONS);
      start(conf);
      ask("publish 400 " + (FIRST - 400));
      settle(() -> service.results().size() >= ACTIONS);
      Thread.sleep(1300);
      kill();
    }
    Files.move(life, template);
  }

  private static void offer(ScriptedService service, int from, int to) {
    for (int i = from; i < to; i++) {
      service.offer("action-" + i, "broadcast", "{\"message\":\"hi\"}");
    }
  }

  /** Everything that can be done to what there is. */
  List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    Set<String> roles = new LinkedHashSet<>(roles(template).keySet());
    roles.addAll(List.of("begun marks", "journal/status.json", "ring lock"));
    for (String role : roles) {
      for (Damage damage : Damage.values()) {
        boolean fits = damage != Damage.AWAY_AND_BACK && damage != Damage.UNREADABLE;
        if (damage == Damage.UNREADABLE && canBeUnreadable()) {
          fits = true;
        }
        for (When when : When.values()) {
          if (fits && (when == When.RUNNING || !role.equals("ring lock"))) {
            cases.add(new Case(role, damage, when));
          }
        }
      }
    }
    for (String folder : List.of("journal/", "actions/", "dead-letters/", "journal/commands/")) {
      cases.add(new Case(folder, Damage.AWAY_AND_BACK, When.RUNNING));
      cases.add(new Case(folder, Damage.DELETE, When.RUNNING));
      cases.add(new Case(folder, Damage.DELETE, When.DOWN));
      cases.add(new Case(folder, Damage.OLDER, When.DOWN));
    }
    return cases;
  }

  private static boolean canBeUnreadable() {
    return System.getProperty("user.name").equals("root")
        && Files.isExecutable(Path.of("/usr/bin/setpriv"));
  }

  /** The files of a life, by what they are. */
  private static Map<String, Path> roles(Path life) throws IOException {
    Map<String, Path> roles = new TreeMap<>();
    for (String folder : List.of("journal", "actions", "dead-letters")) {
      List<Path> files;
      try (Stream<Path> list = Files.list(life.resolve(folder))) {
        files = list.filter(Files::isRegularFile).sorted().toList();
      }
      for (String kind : List.of(".cq4", ".marks")) {
        List<Path> all = files.stream().filter(file -> file.toString().endsWith(kind)).toList();
        if (!all.isEmpty()) {
          roles.put(folder + "/oldest" + kind, all.get(0));
          roles.put(folder + "/newest" + kind, all.get(all.size() - 1));
        }
        if (all.size() > 2) {
          roles.put(folder + "/middle" + kind, all.get(all.size() / 2));
        }
      }
      files.stream()
          .filter(file -> !file.toString().matches(".*(cq4|marks)"))
          .forEach(file -> roles.put(folder + "/" + file.getFileName(), file));
    }
    roles.put("intake.ring", life.resolve("intake.ring"));
    return roles;
  }

  Outcome run(Case what) throws Exception {
    Path life = root.resolve("case-" + number++);
    copy(template, life);
    try (ScriptedService service = new ScriptedService(life.resolve("commits.after"), 0)) {
      return run(what, life, service);
    } finally {
      delete(life);
    }
  }

  private Outcome run(Case what, Path life, ScriptedService service) throws Exception {
    service.script(Script.always(Behaviours.fail(503, false)));
    Path conf = conf(life, service.baseUrl());
    String end = "";
    String state;
    String threw = "";
    long damaged = 0;
    long waiting = 0;
    Set<Integer> before;
    if (child == null) {
      spawn();
    }
    errorsSeen = Files.size(errors());
    Set<Path> marks = marks();
    Path copy = root.resolve("snapshot");
    if (what.when == When.DOWN) {
      before = numbers(life.resolve("accepted"));
      damage(what, life, marks, older);
    }
    try {
      String started = ask("start " + conf);
      boolean off = started.startsWith("OFF");
      end = off ? "off: " + started.substring(4) : "";
      if (what.when == When.RUNNING) {
        ask("publish 1800 100");
        Thread.sleep(50);
        delete(copy);
        copy(life, copy);
        ask("publish 1900 100");
        offer(service, ACTIONS, ACTIONS + 3);
        Thread.sleep(150);
      }
      before = numbers(life.resolve("accepted"));
      if (what.when == When.RUNNING) {
        damage(what, life, marks, copy);
      }
      offer(service, 0, ACTIONS + 6);
      threw = ask("publish 2000 100").replaceFirst("^\\d+ ?", "");
      Thread.sleep(what.when == When.RUNNING ? 1100 : 50);
      threw += ask("publish 2100 100").replaceFirst("^\\d+ ?", "");
      Thread.sleep(what.when == When.RUNNING ? 1100 : 50);
      JsonNode during = status();
      state = during.path("state").asText() + " " + during.path("problem").asText();
      service.script(Script.always(Behaviours.acknowledge()));
      drain(off);
      threw += ask("publish 2200 100").replaceFirst("^\\d+ ?", "");
      drain(off);
      JsonNode after = status();
      damaged = number(after, "event_dispatcher", "damaged");
      waiting = number(after, "event_dispatcher", "current_size");
      String closed = ask("close");
      end = end.isEmpty() ? closed : end;
    } catch (AssertionError e) {
      int code = child.waitFor();
      end = "died, exit " + code;
      state = "";
      before = numbers(life.resolve("accepted"));
      before.removeIf(n -> n >= 2000);
      child = null;
      spawn();
    }
    List<String> told = told();
    if (what.damage == Damage.UNREADABLE) {
      makeReadable(life, marks);
    } else if (what.damage == Damage.DIRECTORY && end.startsWith("off")) {
      removeDirectory(what, life);
    }
    // The next start: everything is offered again, whatever was said of it.
    service.script(Script.always(Behaviours.acknowledge()));
    offer(service, 0, ACTIONS + 8);
    long from = Files.size(errors());
    errorsSeen = from;
    String again = ask("start " + conf);
    boolean off = again.startsWith("OFF");
    drain(off);
    Thread.sleep(200);
    String more = ask("publish 2300 50").replaceFirst("^\\d+ ?", "");
    drain(off);
    JsonNode last = status();
    String lastState = last.path("state").asText() + " " + last.path("problem").asText();
    ask("close");
    List<String> toldAgain = told();
    toldAgain.removeAll(told);
    told.addAll(toldAgain.stream().map(line -> "next start: " + line).toList());
    Set<Integer> missing = numbers(life.resolve("accepted"));
    missing.removeAll(ended(life, service));
    int lost = 0;
    for (int n : missing) {
      lost += before.contains(n) ? 1 : 0;
    }
    return new Outcome(
        what,
        end,
        state,
        told,
        lost,
        missing.size() - lost,
        twice(life),
        damaged + number(last, "event_dispatcher", "damaged"),
        number(last, "action_executor", "damaged"),
        waiting + number(last, "event_dispatcher", "current_size"),
        threw + more,
        lastState);
  }

  /** Numbers that were acknowledged, before or after, or are dead letters. */
  private Set<Integer> ended(Path life, ScriptedService service) throws IOException {
    Set<Integer> ended = new TreeSet<>();
    org.aibridge.torture.CommitLog.read(template.resolve("commits")).stream()
        .flatMap(commit -> commit.events().stream())
        .forEach(event -> ended.add((int) event.number()));
    service.commits().stream()
        .flatMap(commit -> commit.events().stream())
        .forEach(event -> ended.add((int) event.number()));
    for (int n = 5; n < 400; n += 97) {
      ended.add(n); // Refused in the template's first life.
    }
    return ended;
  }

  private static Set<String> twice(Path life) throws IOException {
    Set<String> seen = new TreeSet<>();
    Set<String> twice = new TreeSet<>();
    for (String id : Files.readAllLines(life.resolve("applied"))) {
      if (!seen.add(id)) {
        twice.add(id);
      }
    }
    return twice;
  }

  private static Set<Integer> numbers(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(Integer::valueOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void drain(boolean off) throws Exception {
    if (off) {
      return;
    }
    long until = System.nanoTime() + 6_000_000_000L;
    long ended = -1;
    long sinceNanos = System.nanoTime();
    while (System.nanoTime() < until) {
      JsonNode now = status();
      long delivered =
          number(now, "event_dispatcher", "total_dispatched")
              + number(now, "event_dispatcher", "dead_lettered");
      if (number(now, "event_dispatcher", "current_size") == 0) {
        return;
      }
      if (delivered != ended) {
        ended = delivered;
        sinceNanos = System.nanoTime();
      } else if (System.nanoTime() - sinceNanos > 3_000_000_000L) {
        return;
      }
      Thread.sleep(20);
    }
  }

  private void damage(Case what, Path life, Set<Path> marks, Path old) throws Exception {
    if (what.isOfFolder()) {
      Path folder = life.resolve(what.role.substring(0, what.role.length() - 1));
      switch (what.damage) {
        case AWAY_AND_BACK -> {
          Path away = life.resolve("away");
          Files.move(folder, away);
          Thread.sleep(1500);
          if (Files.exists(folder)) {
            copy(folder, away);
            delete(folder);
          }
          Files.move(away, folder);
        }
        case OLDER -> {
          delete(folder);
          copy(old.resolve(life.relativize(folder)), folder);
        }
        default -> delete(folder);
      }
      return;
    }
    Path file = file(what.role, life, marks);
    if (file == null || !Files.exists(file)) {
      return;
    }
    long size = Files.size(file);
    switch (what.damage) {
      case EMPTY -> cut(file, 0);
      case HALF -> cut(file, used(file) / 2);
      case DELETE -> Files.delete(file);
      case OLDER -> {
        Path copy =
            what.when == When.DOWN
                ? roles(old).get(what.role)
                : old.resolve(life.relativize(file).toString());
        if (copy != null && Files.isRegularFile(copy)) {
          Path temp = life.resolve("older.tmp");
          Files.copy(copy, temp, StandardCopyOption.REPLACE_EXISTING);
          Files.move(temp, file, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      case GARBAGE -> {
        byte[] garbage = new byte[(int) size];
        new Random(number).nextBytes(garbage);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(garbage), 0);
        }
      }
      case DIRECTORY -> {
        Files.delete(file);
        Files.createDirectory(file);
      }
      case UNREADABLE ->
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
      default -> throw new IllegalArgumentException(what.toString());
    }
  }

  private void removeDirectory(Case what, Path life) throws IOException {
    try (Stream<Path> all = Files.walk(life)) {
      for (Path path :
          all.filter(
                  p ->
                      p.toString()
                          .matches(
                              ".*\\.(cq4|marks|cq4t|lock|place|jsonl|note|json|ring)|.*/cursor"))
              .toList()) {
        if (Files.isDirectory(path)) {
          Files.delete(path);
        }
      }
    }
  }

  private static void makeReadable(Path life, Set<Path> marks) throws IOException {
    try (Stream<Path> all = Files.walk(life)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
      }
    }
  }

  private static Path file(String role, Path life, Set<Path> marksBefore) throws IOException {
    if (role.equals("begun marks")) {
      Set<Path> now = marks();
      now.removeAll(marksBefore);
      return now.isEmpty() ? null : now.iterator().next();
    }
    if (role.equals("ring lock")) {
      return life.resolve("intake.ring.lock");
    }
    return role.equals("journal/status.json") ? life.resolve(role) : roles(life).get(role);
  }

  private static Set<Path> marks() throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("/dev/shm"), 2)) {
      return all.filter(file -> file.toString().endsWith(".begun"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** Up to where something other than zeros stands. */
  private static long used(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  private static void cut(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  private Path conf(Path life, String url) {
    return new ConfFile(life, url)
        .set("journal", "roll_mb", 1)
        .set("journal", "max_mb", 0)
        .set("event_dispatcher", "batch_size", 20)
        .set("event_dispatcher", "max_batch_size", 20)
        .set("event_dispatcher", "lanes", 2)
        .set("circuit_breaker", "failure_threshold", 1000)
        .set("bridge", "shutdown_timeout", 1000)
        .write();
  }

  private void start(Path conf) throws Exception {
    if (child == null) {
      spawn();
    }
    ask("start " + conf);
  }

  private void spawn() throws IOException {
    List<String> prefix =
        canBeUnreadable()
            ? List.of("/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search")
            : List.of();
    child =
        ChildJvm.start(root, prefix, List.of("-XX:ErrorFile=/dev/null"), ForeignHandsChild.class);
  }

  private void kill() throws InterruptedException {
    if (child != null) {
      child.kill();
    }
    child = null;
  }

  /** An answer, unless the JVM says in its place how it died. */
  private String ask(String command) throws Exception {
    String answer = child.ask(command);
    if (answer.startsWith("#")) {
      throw new AssertionError(answer);
    }
    return answer;
  }

  private JsonNode status() {
    try {
      return MAPPER.readTree(ask("status"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static long number(JsonNode status, String section, String key) {
    return status.path(section).path(key).asLong();
  }

  private static void settle(java.util.function.BooleanSupplier done) throws InterruptedException {
    long until = System.nanoTime() + 20_000_000_000L;
    while (!done.getAsBoolean() && System.nanoTime() < until) {
      Thread.sleep(20);
    }
  }

  private Path errors() {
    return root.resolve("child.err");
  }

  /** The distinct warnings and errors since the last look. */
  private List<String> told() throws IOException {
    byte[] all = Files.readAllBytes(errors());
    String text =
        new String(all, (int) errorsSeen, (int) (all.length - errorsSeen), StandardCharsets.UTF_8);
    errorsSeen = all.length;
    Set<String> lines = new LinkedHashSet<>();
    text.lines()
        .filter(line -> line.matches(".* (ERROR|WARN) .*|TICK THREW.*|.*SIGBUS.*"))
        .map(line -> line.replaceFirst("^\\[[^]]*\\] ", "").replaceAll(root + "/case-\\d+/", ""))
        .filter(line -> !line.contains("503"))
        .forEach(lines::add);
    return new ArrayList<>(lines);
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else if (Files.isRegularFile(path)) { // And not the commands' socket.
          Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** All of it, or the cases whose text matches the second argument; one line a case. */
  public static void main(String[] arguments) throws Exception {
    Path root = Files.createDirectories(Path.of(arguments[0]));
    String pattern = arguments.length > 1 ? arguments[1] : ".*";
    Map<String, Integer> counts = new LinkedHashMap<>();
    try (ForeignHands hands = new ForeignHands(root)) {
      for (Case what : hands.cases()) {
        if (what.toString().matches(pattern)) {
          String line;
          try {
            line = hands.run(what).toString();
          } catch (Throwable e) {
            line = what + " HARNESS " + e;
            e.printStackTrace();
            hands.kill();
          }
          System.out.println(line);
          counts.merge(what.when.toString(), 1, Integer::sum);
        }
      }
    }
    System.out.println(counts);
  }
}
