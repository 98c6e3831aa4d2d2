#!/bin/sh
# Tests of the script ai-bridge, and of what is installed: first with a java and a mvn that only say how they were called,
# then with the real ones, from the tarball and the .deb too. Any further argument is a JAVA_HOME to try the real ones with
# as well.
# Exits with 0 when all is as it should be.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
number=0

# ---- how to expect something -----------------------------------------------------------------

# run NAME COMMAND...: keeps what it says in $out and $err and its exit code in $code
run() {
  name=$1
  shift
  "$@" >"$work/out" 2>"$work/err" </dev/null
  code=$?
  out=$(cat "$work/out")
  err=$(cat "$work/err")
}

verdict() {
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then
    return
  fi
  failed=$((failed + 1))
  printf 'NOT OK: %s: %s\n  exit: %s\n  stdout: %s\n  stderr: %s\n' "$name" "$2" "$code" "$out" "$err"
}

exits() { [ "$code" -eq "$1" ]; verdict $? "exits with $1"; }
says() { case $out in *"$1"*) true ;; *) false ;; esac; verdict $? "says: $1"; }
complains() { case $err in *"$1"*) true ;; *) false ;; esac; verdict $? "complains: $1"; }
is_quiet() { [ -z "$err" ]; verdict $? "writes nothing to stderr"; }
complains_once() { [ "$(printf '%s\n' "$err" | wc -l)" -eq 1 ]; verdict $? "complains in one line"; }
holds() { [ "$1" "$2" "$3" ]; verdict $? "$1 $2 $3"; }

# ---- a project with nothing but a launcher, and tools that are not real -----------------------

bin=$work/bin
project="$work/a folder with spaces/it's"
mkdir -p "$bin" "$project/conf" "$project/one/src/main" || exit 1
for tool in sh sed dirname readlink find mkdir rm rmdir mv cat tail awk sleep cp; do
  ln -s "$(command -v $tool)" "$bin/$tool"
done
cp "$root/ai-bridge" "$project/ai-bridge"
mkdir -p "$project/bridge-dist/src/main" && cp -r "$root/bridge-dist/src/main/image" "$project/bridge-dist/src/main/image"
printf '<project>\n  <version>1.2.3</version>\n</project>\n' >"$project/pom.xml"
cp "$project/pom.xml" "$project/one/pom.xml"
: >"$project/conf/jvm.options"

# fake_java FILE VERSION: a java that says its version, or else how it was called
fake_java() {
  mkdir -p "$(dirname "$1")"
  cat >"$1" <<EOF
#!/bin/sh
case "\$*" in
  *-version*)
    echo 'Picked up JAVA_TOOL_OPTIONS: -Dx="version "' >&2
    echo '    java.home = $work/jdk' >&2
    echo 'openjdk version "$2" 2025-01-01' >&2
    exit 0 ;;
esac
echo "pid \$\$"
for argument; do echo "<\$argument>"; done
exit \${FAKE_EXIT:-0}
EOF
  chmod +x "$1"
}

# fake_maven VERSION: a mvn that says its version, or builds after FAKE_SECONDS
fake_maven() {
  cat >"$bin/mvn" <<EOF
#!/bin/sh
case "\$*" in *-v) printf '\033[1mApache Maven $1\033[m\nJava version: 17\n'; exit 0 ;; esac
echo "\$PWD \$JAVA_HOME \$*" >>"$work/built"
sleep "\${FAKE_SECONDS:-0}"
[ -z "\$FAKE_FAIL" ] || { echo "BUILD FAILURE of line 7"; exit 1; }
echo "[INFO] Building AI bridge: the bridge 1.2.3             [4/16]"
mkdir -p bridge-dist/target/ai-bridge/lib
cp -r bridge-dist/src/main/image/* conf bridge-dist/target/ai-bridge
echo "1.2.3 0123456789ab" >bridge-dist/target/ai-bridge/build
mkdir -p examples/target/lib benchmarks/target/lib bridge-sim/target/lib bridge-torture/target bridge-kafka/target \
  examples-kafka/target/lib bridge-scenarios/target/lib
echo >bridge-scenarios/target/bridge-scenarios-1.2.3.jar
echo >bridge-torture/target/bridge-torture-1.2.3.jar
echo /repository/kafka.jar >bridge-torture/target/kafka.classpath
echo >bridge-kafka/target/bridge-kafka-1.2.3.jar
echo >bridge-sim/target/bridge-sim-1.2.3.jar
echo >examples/target/bridge-examples-1.2.3.jar
echo >examples-kafka/target/bridge-examples-kafka-1.2.3.jar
echo >benchmarks/target/bridge-benchmarks-1.2.3.jar
EOF
  chmod +x "$bin/mvn"
}

builds() { if [ -f "$work/built" ]; then wc -l <"$work/built" | tr -d ' '; else echo 0; fi; }
unbuilt() {
  for made in target examples examples-kafka benchmarks bridge-sim bridge-torture bridge-kafka bridge-dist/target; do
    rm -rf "${project:?}/$made"
  done
  rm -f "$work/built"
}
launch() { run "$1" env -i PATH="$bin" HOME="$work" "$project/ai-bridge" check; }

# ---- Java ------------------------------------------------------------------------------------

fake_maven 3.8.1
mkdir -p "$work/jdk/bin" && : >"$work/jdk/bin/javac" && chmod +x "$work/jdk/bin/javac"

launch 'no java'
exits 1
complains 'needs Java 17 or newer, but there is no java'
complains_once

run 'JAVA_HOME without java' env -i PATH="$bin" JAVA_HOME=/nowhere "$project/ai-bridge" check
exits 1
complains 'JAVA_HOME (/nowhere) has no bin/java'
complains_once

for old in 11.0.2 1.8.0_392 16-ea; do
  fake_java "$bin/java" $old
  launch "java $old"
  exits 1
  complains "$bin/java is Java $old"
  complains_once
done

fake_java "$bin/java" 11.0.2
fake_java "$work/new jdk/bin/java" 17
run 'JAVA_HOME before PATH' \
  env -i PATH="$bin" JAVA_HOME="$work/new jdk" "$project/ai-bridge" check
exits 0
says '<org.aibridge.ops.Main>'

printf '#!/bin/sh\necho "Error: cannot load libjvm" >&2\nexit 1\n' >"$bin/java"
launch 'java that does not run'
exits 1
complains 'does not run: Error: cannot load libjvm'

fake_java "$bin/java" 26-ea

# ---- Maven and the build ---------------------------------------------------------------------

for old in 3.8.0 3.6.3 2.2.1; do
  unbuilt
  fake_maven $old
  launch "maven $old"
  exits 1
  complains "needs Maven 3.8.1 or newer for it, but $bin/mvn is Maven $old"
  complains_once
done

rm "$bin/mvn"
launch 'no maven'
exits 1
complains 'there is no mvn on the PATH'
complains_once

for good in 3.8.1 3.10.0 4.0.0-rc-3; do
  unbuilt
  fake_maven $good
  launch "maven $good"
  exits 0
  complains 'building (first run only) ...'
  complains '4 of 16: AI bridge: the bridge'
done

unbuilt
run 'help before a build' env -i PATH="$bin" "$project/ai-bridge" --help
exits 0
says 'Usage: ai-bridge'
is_quiet
run 'version before a build' env -i PATH="$bin" "$project/ai-bridge" --version
says 'ai-bridge 1.2.3 (unknown), not built yet'
holds "$(builds)" = 0

mv "$work/jdk/bin/javac" "$work/javac"
unbuilt
launch 'java without a compiler'
exits 1
complains 'has no compiler'
mv "$work/javac" "$work/jdk/bin/javac"

unbuilt
launch 'first run'
holds "$(builds)" = 1
name='what Maven is told'
holds "$(cat "$work/built")" = "$project $work/jdk -B -ntp -Dstyle.color=never -DskipTests -Dmaven.test.skip package"
launch 'second run'
exits 0
is_quiet
holds "$(builds)" = 1

sleep 1
: >"$project/one/src/main/New.java"
launch 'new source'
complains 'building (the sources have changed) ...'
holds "$(builds)" = 2
sleep 1
rm "$project/one/src/main/New.java"
launch 'removed source'
holds "$(builds)" = 3
sleep 1
touch "$project/one/pom.xml"
launch 'changed pom'
holds "$(builds)" = 4
rm -r "$project/examples/target/lib"
launch 'removed lib'
holds "$(builds)" = 5
launch 'nothing changed'
holds "$(builds)" = 5

unbuilt
run 'failing build' env -i PATH="$bin" FAKE_FAIL=yes "$project/ai-bridge" check
exits 1
complains 'BUILD FAILURE of line 7'
complains "all of it is in $project/target/launcher-build.log"
holds ! -d "$project/target/launcher-build.lock"
launch 'build after a failing one'
exits 0

# ---- several at once -------------------------------------------------------------------------

unbuilt
name='four at once'
for i in 1 2 3 4; do
  env -i PATH="$bin" FAKE_SECONDS=2 "$project/ai-bridge" "n$i" >"$work/at-once.$i" 2>&1 &
done
wait
holds "$(builds)" = 1
for i in 1 2 3 4; do
  holds "$(grep -c "<n$i>" "$work/at-once.$i")" = 1
done

unbuilt
mkdir -p "$project/target/launcher-build.lock"
sh -c 'echo $$' >"$project/target/launcher-build.lock/pid"
launch 'lock of a process that is gone'
exits 0
holds ! -d "$project/target/launcher-build.lock"

unbuilt
name='ended while it builds'
env -i PATH="$bin" FAKE_SECONDS=20 "$project/ai-bridge" check >"$work/out" 2>"$work/err" &
launcher=$!
while [ ! -f "$work/built" ]; do sleep 1; done
kill -TERM "$launcher"
wait "$launcher"
code=$?
exits 143
holds ! -d "$project/target/launcher-build.lock"
launch 'build after an ended one'
exits 0

# ---- how Java is called ----------------------------------------------------------------------

printf 'IMPLEMENTOR="Somebody"\nJAVA_VERSION="11.0.2"\n' >"$work/jdk/release"
fake_java "$work/jdk/bin/java" 17
run 'a release file beside java' env -i PATH="$bin" JAVA_HOME="$work/jdk" "$project/ai-bridge" check
exits 1
complains 'is Java 11.0.2'
rm "$work/jdk/release"

run 'arguments' env -i PATH="$bin" "$project/ai-bridge" check --conf 'a b' '' '*'
says "$(printf '<@%s/bridge-dist/target/ai-bridge/conf/jvm.options>' "$project")"
says "$(printf '<-cp>\n<%s/bridge-dist/target/ai-bridge/lib/*>\n<org.aibridge.ops.Main>\n<check>\n<--conf>\n<a b>\n<>\n<*>' "$project")"
says '<-XX:TieredStopAtLevel=1>'
is_quiet

run 'companion' env -i PATH="$bin" "$project/ai-bridge" run --conf 'a b' --stay
says "$(printf '<org.aibridge.ops.Main>\n<run>\n<--conf>\n<a b>\n<--stay>')"
says '<-Xmx256m>'
case $out in *TieredStopAtLevel*) false ;; *) true ;; esac
verdict $? 'runs the companion at full speed'

run 'demo' env -i PATH="$bin" "$project/ai-bridge" demo --fast 'a b'
says "$(printf '<org.aibridge.examples.demo.DemoMain>\n<--fast>\n<a b>')"
case $out in *TieredStopAtLevel*) false ;; *) true ;; esac
verdict $? 'runs the demo at full speed'

run 'demo on Kafka' env -i PATH="$bin" "$project/ai-bridge" demo --seconds 5 --kafka
says "$(printf '<-cp>\n<%s/examples-kafka/target/bridge-examples-kafka-1.2.3.jar:%s/examples-kafka/target/lib/*>' "$project" "$project")"
says "$(printf '<org.aibridge.examples.fleet.KafkaDemoMain>\n<--seconds>\n<5>\n<--kafka>')"
is_quiet

run 'service' env -i PATH="$bin" "$project/ai-bridge" service fake --port 8000
says "$(printf '<org.aibridge.scenarios.ServiceCommand>\n<fake>\n<--port>\n<8000>')"
run 'scenarios' env -i PATH="$bin" "$project/ai-bridge" service scenarios healthy
says "$(printf '<org.aibridge.scenarios.ServiceCommand>\n<scenarios>\n<healthy>')"
run 'service of a scenario' env -i PATH="$bin" "$project/ai-bridge" service fake --scenario down
says "$(printf '<org.aibridge.scenarios.ServiceCommand>\n<fake>\n<--scenario>\n<down>')"
run 'scenario in a package' env -i PATH="$bin" "$project/bridge-dist/target/ai-bridge/bin/ai-bridge" service fake --list
exits 2
complains 'scenarios are played in a clone of the source'

run 'service of a package' env -i PATH="$bin" "$project/bridge-dist/target/ai-bridge/bin/ai-bridge" service fake --port 8000
says "$(printf '<org.aibridge.examples.aiservice.AiServiceMain>\n<--port>\n<8000>')"
for ask in --help -h help; do
  run "service $ask in a package" env -i PATH="$bin" "$project/bridge-dist/target/ai-bridge/bin/ai-bridge" service $ask
  exits 0
  says 'scenarios are played in a clone of the source'
done

run 'torture' env -i PATH="$bin" "$project/ai-bridge" torture --rounds 3
says "$(printf '<org.aibridge.torture.TortureMain>\n<--rounds>\n<3>')"
torture_path=$project/bridge-torture/target/bridge-torture-1.2.3.jar:$project/examples/target/bridge-examples-1.2.3.jar
says "<$torture_path:$project/bridge-kafka/target/bridge-kafka-1.2.3.jar:/repository/kafka.jar>"
says "<-Daibridge.home=$project>"

run 'simulation' env -i PATH="$bin" "$project/ai-bridge" torture --seconds 1 --experiment simulation
says "$(printf '<org.aibridge.sim.SimMain>\n<--seconds>\n<1>\n<--experiment>\n<simulation>')"
says "$(printf '<-cp>\n<%s/bridge-sim/target/bridge-sim-1.2.3.jar:%s/bridge-sim/target/lib/*>' "$project" "$project")"
rm -r "$project/bridge-sim"
run 'torture needs no simulation' env -i PATH="$bin" "$project/ai-bridge" torture --experiment lies
says '<org.aibridge.torture.TortureMain>'
is_quiet
run 'simulation without its jar' env -i PATH="$bin" "$project/ai-bridge" torture --experiment simulation
complains 'building (the sources have changed) ...'
says '<org.aibridge.sim.SimMain>'

run 'bench' env -i PATH="$bin" "$project/ai-bridge" bench --quick 'a b'
says "$(printf '<org.aibridge.benchmarks.report.BenchMain>\n<--quick>\n<a b>')"
says "$(printf '<-cp>\n<%s/benchmarks/target/bridge-benchmarks-1.2.3.jar:%s/benchmarks/target/lib/*>' "$project" "$project")"
rm -r "$project/benchmarks"
launch 'a check needs no benchmarks'
is_quiet
run 'bench without its jar' env -i PATH="$bin" "$project/ai-bridge" bench
complains 'building (the sources have changed) ...'
says '<org.aibridge.benchmarks.report.BenchMain>'

run 'exit code' env -i PATH="$bin" FAKE_EXIT=42 "$project/ai-bridge" check
exits 42

name='the process becomes Java'
env -i PATH="$bin" "$project/ai-bridge" check >"$work/out" 2>&1 &
launcher=$!
wait "$launcher"
out=$(cat "$work/out")
says "pid $launcher"

mkdir "$work/links"
ln -s "../a folder with spaces/it's/ai-bridge" "$work/links/first"
ln -s first "$work/links/second"
run 'symbolic links' env -i PATH="$bin" "$work/links/second" check
exits 0
says "<@$project/bridge-dist/target/ai-bridge/conf/jvm.options>"
run 'on the PATH' env -i PATH="$bin:$project" ai-bridge check
exits 0
says "<@$project/bridge-dist/target/ai-bridge/conf/jvm.options>"
cd "$project/conf" || exit 1
run 'from elsewhere' env -i PATH="$bin" CDPATH="$work" ../ai-bridge check
exits 0
says "<@$project/bridge-dist/target/ai-bridge/conf/jvm.options>"
cd "$root" || exit 1

# ---- the real thing --------------------------------------------------------------------------

try_for_real() {
  run 'build' ./ai-bridge check --help
  exits 0
  run 'version' ./ai-bridge --version
  exits 0
  says 'ai-bridge '
  says 'Java '
  is_quiet
  run 'help' ./ai-bridge --help
  exits 0
  says 'demo'
  says 'torture'
  says 'bench'
  says 'check'
  is_quiet
  run 'unknown command' ./ai-bridge nonsense
  exits 2
  complains 'nonsense'
  complains 'Usage: ai-bridge'
  run 'bench, called wrongly' ./ai-bridge bench --slow
  exits 2
  complains 'unknown option --slow'
  run 'torture in short' ./ai-bridge torture --experiment lies --rounds 1 --events 2000 --report "$work/torture"
  exits 0
  says 'lies: 1 of 1 rounds good'
  run 'simulation in short' ./ai-bridge torture --runs 3 --experiment simulation --out "$work/simulation"
  exits 0
  says '3 runs'
  mkdir -p "$work/server/conf"
  printf '[bridge]\nenabled = no\n' >"$work/server/conf/ai_bridge.conf"
  ln -sf "$root/ai-bridge" "$work/server/bridge"
  cd "$work/server" || exit 1
  run 'check' env LC_ALL=C ./bridge check
  exits 0
  says 'ok   configuration'
  says 'ok   java'
  says "$work/server/ai_bridge/journal can be made"
  is_quiet
  run 'check in UTF-8' env LC_ALL=C.UTF-8 ./bridge check
  says '✓ configuration'
  printf '[ai_service]\nbase_url = http://127.0.0.1:1\n' >conf/ai_bridge.conf
  run 'check that fails' ./bridge check --json
  exits 1
  says '"level" : "failure"'
  is_quiet
  try_dead_letters
  cd "$root" || exit 1
}

# In a server's folder, with no server: letters of the older bridge come, are looked at, and go.
try_dead_letters() {
  rm -rf "$work/letters" && mkdir -p "$work/letters/conf" && cd "$work/letters" || exit 1
  printf '[ai_service]\nbase_url = http://127.0.0.1:1\n' >conf/ai_bridge.conf
  cat >old.log <<'EOF'
# Failed batch at Wed Nov 26 21:15:30 2025
{"events":[{"event_type":"player_login","player_id":150001},{"event_type":"daily_reset"}]}
{"events":[{"event_type":"player_login","player_id":15
EOF
  run 'dlq without letters' "$root/ai-bridge" dlq stats
  exits 1
  complains 'no such folder'
  complains_once
  run 'dlq import' "$root/ai-bridge" dlq import old.log
  exits 3
  says '2 letters are imported'
  complains 'old.log:3: not JSON'
  run 'dlq stats' "$root/ai-bridge" dlq stats
  exits 0
  says '"letters" : 2'
  is_quiet
  run 'dlq stats in a table' env LC_ALL=C "$root/ai-bridge" dlq stats -o table
  says 'imported a batch of the older bridge that failed'
  says '####'
  run 'dlq stats for monitoring' "$root/ai-bridge" dlq stats --fail-if-above 1
  exits 3
  run 'dlq list' "$root/ai-bridge" dlq list --player 150001 -o csv
  says ',player_login,150001,'
  run 'dlq purge without a yes' "$root/ai-bridge" dlq purge --all
  exits 2
  complains 'say --yes'
  run 'dlq purge' "$root/ai-bridge" dlq purge --all --yes
  exits 0
  says '2 letters are purged'
  run 'dlq undo' "$root/ai-bridge" dlq undo
  says '2 letters are back'
  run 'dlq replay without a server' "$root/ai-bridge" dlq replay --all
  exits 1
  complains '--direct'
  complains_once
  run 'dlq verify' "$root/ai-bridge" dlq verify
  exits 0
  run 'status without a server' "$root/ai-bridge" status
  exits 1
  complains_once
}

# try_installed WHAT COMMAND: an installation with neither Maven nor the source, whose files nobody may write
try_installed() {
  what=$1 installed=$2
  rm -rf "$work/srv" "$work/home" && mkdir -p "$work/srv" "$work/home" && cd "$work/srv" || exit 1
  tools="env -i PATH=$clean HOME=$work/home LC_ALL=C"
  run "$what: version" $tools "$installed" --version
  exits 0
  says "ai-bridge $release ($commit)"
  is_quiet
  run "$what: no configuration" $tools "$installed" status
  exits 1
  complains "there is none of $work/srv/ai_bridge.conf, $work/srv/conf/ai_bridge.conf, /etc/ai-bridge/ai_bridge.conf"
  printf '[ai_service]\nbase_url = http://127.0.0.1:1\n' >ai_bridge.conf
  run "$what: check" $tools "$installed" check
  exits 1
  says "ok   configuration  $work/srv/ai_bridge.conf is valid"
  says 'ok   java           of this command, no server runs here'
  mkdir -p ai_bridge/journal ai_bridge/journal-status
  printf '{"written_at_ms":1763600000000,"pid":1,"state":"running"}\n' >ai_bridge/journal-status/status.json
  for call in first second; do
    run "$what: status, $call call" $tools "$installed" status -o json
    exits 3
    says '"state" : "not_running"'
    complains_once
  done
  case $commit in
    *-dirty | unknown) ;;
    *)
      run "$what: archive" ls "$work/home/.cache/ai-bridge"
      says "status-$commit-java-"
      ;;
  esac
  printf '{"events":[{"event_type":"player_login","player_id":150001}]}\n' >old.log
  run "$what: dlq import" $tools "$installed" dlq import old.log
  exits 0
  run "$what: dlq stats" $tools "$installed" dlq stats
  exits 0
  says '"letters" : 1'
  run "$what: what is for developers" $tools "$installed" bench
  exits 2
  complains 'runs in a clone of the source'
  cd "$root" || exit 1
}

try_package() {
  clean=$work/clean
  rm -rf "$clean" && mkdir "$clean"
  for tool in sh sed dirname readlink mkdir rm mv nice java; do
    ln -s "$(command -v "$tool")" "$clean/$tool"
  done
  [ -z "${JAVA_HOME:-}" ] || ln -sf "$JAVA_HOME/bin/java" "$clean/java"
  read -r release commit <bridge-dist/target/ai-bridge/build
  rm -rf "$work/tarball" && mkdir "$work/tarball"
  run 'tarball' tar -xzf "bridge-dist/target/ai-bridge-$release.tar.gz" -C "$work/tarball"
  exits 0
  chmod -R a-w "$work/tarball"
  try_installed tarball "$work/tarball/ai-bridge-$release/bin/ai-bridge"
  chmod -R u+w "$work/tarball"
  if command -v dpkg >/dev/null; then
    rm -rf "$work/root" && mkdir -p "$work/root/var/lib/dpkg/info" "$work/root/var/lib/dpkg/updates"
    : >"$work/root/var/lib/dpkg/status"
    run 'deb' dpkg --force-not-root "--root=$work/root" --log=/dev/null -i "bridge-dist/target/ai-bridge-$release.deb"
    exits 0
    chmod -R a-w "$work/root/usr"
    try_installed deb "$work/root/usr/bin/ai-bridge"
    for file in usr/share/man/man1/ai-bridge.1 usr/share/bash-completion/completions/ai-bridge \
      usr/lib/systemd/system/ai-bridge@.service usr/lib/systemd/system/ai-bridge-watch@.timer \
      usr/share/doc/ai-bridge/NOTICE usr/share/doc/ai-bridge/docs/operations.md \
      usr/share/doc/ai-bridge/conf/ai_bridge.conf \
      usr/share/doc/ai-bridge/deploy/prometheus/alerts.yml usr/share/doc/ai-bridge/bridge-native/rathena/LICENSE \
      etc/ai-bridge; do
      run "the .deb brings $file" ls -d "$work/root/$file"
      exits 0
    done
    chmod -R u+w "$work/root"
  else
    echo "no dpkg here: the .deb is not tried"
  fi
}

unset NO_COLOR
try_for_real
try_package
for JAVA_HOME in "$@"; do
  export JAVA_HOME
  try_for_real
  try_package
done

# what the manifest of the executable jar opens is what conf/jvm.options opens
name='manifest'
jar=$(ls "$root"/examples/target/bridge-examples-*.jar | sed -n 1p)
(cd "$work" && "${JAVA_HOME:+$JAVA_HOME/bin/}jar" xf "$jar" META-INF/MANIFEST.MF)
# its long lines go on after a line break and a blank
manifest=$(tr -d '\r' <"$work/META-INF/MANIFEST.MF" | sed -e ':a' -e '$!N' -e 's/\n //' -e 'ta' -e 'P' -e 'D')
for kind in opens exports; do
  needed=$(sed -n "s/^--add-$kind=\(.*\)=ALL-UNNAMED/\1/p" conf/jvm.options | sort)
  title=$([ $kind = opens ] && echo Add-Opens || echo Add-Exports)
  given=$(printf '%s\n' "$manifest" | sed -n "s/^$title: //p" | tr ' ' '\n' | sort)
  holds "$given" = "$needed"
done

echo "launcher: $number expectations, $failed not met"
[ "$failed" -eq 0 ]
