# What the installed command and the one of the source tree have in common. Sets needed_java, java, java_home, major.

needed_java=17

say() { printf '%s\n' "ai-bridge: $*" >&2; }
die() { say "$*"; exit 1; }

find_java() {
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
    java=$JAVA_HOME/bin/java
  elif java=$(command -v java) && [ -n "$java" ]; then
    : # the one on the PATH
  elif [ -n "${JAVA_HOME:-}" ]; then
    die "needs Java $needed_java or newer, but JAVA_HOME ($JAVA_HOME) has no bin/java and there is no java on the PATH."
  else
    die "needs Java $needed_java or newer, but there is no java: JAVA_HOME is not set and none is on the PATH."
  fi
  version=
  read_release
  [ -n "$version" ] || ask_java
  major=${version#1.} # Java 8 calls itself 1.8
  major=${major%%[!0-9]*}
  [ -n "$major" ] || die "needs Java $needed_java or newer, but $java does not say which version it is."
  [ "$major" -ge "$needed_java" ] ||
    die "needs Java $needed_java or newer, but $java is Java $version; install a newer one or set JAVA_HOME to it."
}

# Reads the version from the file beside Java, since asking Java takes as long as a short command.
read_release() {
  real=$(readlink -f -- "$java" 2>/dev/null) || return 0
  java_home=${real%/bin/java}
  if [ "$java_home" = "$real" ] || [ ! -r "$java_home/release" ]; then
    return 0
  fi
  while IFS='=' read -r name value; do
    if [ "$name" = JAVA_VERSION ]; then
      value=${value#\"}
      version=${value%\"}
    fi
  done <"$java_home/release"
}

ask_java() {
  about=$("$java" -XshowSettings:properties -version 2>&1) ||
    die "needs Java $needed_java or newer, but $java does not run: $(printf '%s\n' "$about" | sed -n 1p)"
  version=$(printf '%s\n' "$about" | sed -n 's/^[^ ]* version "\([^"]*\)".*/\1/p' | sed -n 1p)
  java_home=$(printf '%s\n' "$about" | sed -n 's/^ *java\.home = //p' | sed -n 1p)
}
