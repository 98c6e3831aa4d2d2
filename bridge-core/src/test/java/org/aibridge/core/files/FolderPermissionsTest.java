package org.aibridge.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderPermissionsTest {
  private static final int NOBODY = 65534;

  @TempDir Path temp;
  private final List<String> warnings = new ArrayList<>();
  private Path journal;
  private Path letters;

  @BeforeEach
  void makeFolders() throws IOException {
    journal = PrivateFiles.makeFolder(temp.resolve("journal"));
    letters = PrivateFiles.makeFolder(temp.resolve("letters"));
  }

  private FolderPermissions premises() {
    return new FolderPermissions(
        List.of(
            new FolderPermissions.Folder("[journal] path", journal, false, true),
            new FolderPermissions.Folder("[event_dispatcher] dlq_path", letters, false, true)));
  }

  @Test
  void tellsTwoFoldersThatAreOneThroughALink() throws Exception {
    letters = Files.createSymbolicLink(temp.resolve("link"), journal);
    assertThatThrownBy(() -> premises().tighten(warnings))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("[event_dispatcher] dlq_path is the folder of [journal] path")
        .hasMessageContaining("name a folder of its own");
  }

  @Test
  void tellsTwoFoldersThatWillBeOneWhenTheyAreMade() throws Exception {
    Path real = Files.createDirectory(temp.resolve("real"));
    Path link = Files.createSymbolicLink(temp.resolve("link"), real);
    journal = real.resolve("a/b");
    letters = link.resolve("a/b");
    assertThat(premises().shared()).hasSize(1);
    letters = link.resolve("a/c");
    assertThat(premises().shared()).isEmpty();
  }

  @Test
  void tellsAFolderThatLiesWhereTheBridgeKeepsOtherThings() throws Exception {
    letters = journal.resolve("beginning");
    assertThat(premises().shared())
        .singleElement()
        .asString()
        .contains("dlq_path is " + letters, "keeps for other things");
  }

  @Test
  void takesPathsThatAreLinks() throws Exception {
    letters = Files.createSymbolicLink(temp.resolve("link"), letters);
    Files.createFile(letters.resolve("spare.room"));
    assertThat(premises().tighten(warnings)).contains("(1 files in it)");
    assertThat(warnings).isEmpty();
  }

  @Test
  void takesFromOthersWhatTheyCouldDoAndSaysWhat() throws Exception {
    Files.setPosixFilePermissions(journal, PosixFilePermissions.fromString("rwxrwxr-x"));
    Path inner = Files.createDirectories(journal.resolve("quarantine/deep"));
    Path file = Files.createFile(inner.resolve("anything"));
    assertThat(FolderPermissions.troubles(new FolderPermissions.Folder("k", journal, false, true)))
        .singleElement()
        .asString()
        .contains("others may look into " + journal, "chmod -R go= " + journal);
    assertThat(premises().tighten(warnings)).isEqualTo(journal + " (3 files in it)");
    assertThat(warnings).isEmpty();
    for (Path path : List.of(journal, inner, file)) {
      assertThat(FileOwnership.of(path).isPrivate()).as(path.toString()).isTrue();
    }
    assertThat(premises().tighten(warnings)).isEmpty();
  }

  @Test
  void leavesAGroupWhatItMayReadOfTheStatus() throws Exception {
    Files.setPosixFilePermissions(letters, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path status = Files.createFile(letters.resolve("status.json"));
    Files.setPosixFilePermissions(status, PosixFilePermissions.fromString("rw-r--r--"));
    FolderPermissions open =
        new FolderPermissions(
            List.of(new FolderPermissions.Folder("status", letters, true, false)));
    assertThat(open.tighten(warnings)).contains(letters.toString());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(letters)))
        .isEqualTo("rwxr-x---");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(status)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void refusesFilesOfAnotherUserAndNamesTheCommandThatHandsThemOver() throws Exception {
    assumeTrue(FileOwnership.isRoot(), "only root can make a file another user's");
    Path forged = Files.createFile(letters.resolve("19700101-0001.cq4"));
    Files.setAttribute(forged, "unix:uid", NOBODY);
    assertThatThrownBy(() -> premises().tighten(warnings))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(forged + " belongs to the user nobody")
        .hasMessageContaining("chown -R root: " + letters);
  }

  @Test
  void warnsWhereAnotherUserOwnsAFolderAbove() throws Exception {
    assumeTrue(FileOwnership.isRoot(), "only root can make a folder another user's");
    Path his = Files.createDirectory(temp.resolve("his"));
    journal = PrivateFiles.makeFolder(his.resolve("journal"));
    Files.setAttribute(his, "unix:uid", NOBODY);
    assertThat(premises().tighten(warnings)).isEmpty();
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("the user nobody may rename what lies in " + his, "chown root: " + his);
  }

  @Test
  void warnsWhereAnybodyMayRenameAFolderOfOurs() throws Exception {
    Path open = Files.createDirectory(temp.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    journal = PrivateFiles.makeFolder(open.resolve("journal"));
    assertThat(premises().tighten(warnings)).isEmpty();
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("anybody may rename what lies in " + open, "chmod o-w " + open);
  }

  @Test
  void refusesAFolderThatAnotherUserHasMadeAndTouchesNothingInIt() throws Exception {
    assumeTrue(FileOwnership.isRoot(), "only root can make a folder another user's");
    Path lock = Files.createFile(journal.resolve("owner.lock"));
    mode(lock, "rw-rw-rw-");
    mode(journal, "rwxrwxrwx");
    Files.setAttribute(journal, "unix:uid", NOBODY);
    assertThat(FolderPermissions.troubles(new FolderPermissions.Folder("k", journal, false, true)))
        .singleElement()
        .matches(FolderPermissions.Trouble::isFatal);
    assertThatThrownBy(() -> premises().tighten(warnings))
        .hasMessageStartingWith(
            journal
                + " belongs to the user nobody, and this is root: run this as nobody, or chown -R"
                + " root: "
                + journal
                + " if the server ran as that user before");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)))
        .isEqualTo("rw-rw-rw-");
    // A folder of other things is nothing to be handed over.
    Files.createFile(journal.resolve("mail"));
    assertThatThrownBy(() -> premises().tighten(warnings))
        .hasMessageContaining("belongs to the user nobody")
        .hasMessageContaining("set [journal] path to a folder of its own, and move there");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxrwx", "rwxrwx---"})
  void refusesAFolderOthersMayWriteIntoThatHoldsWhatIsNotTheBridges(String mode) throws Exception {
    Path save = Files.createFile(journal.resolve("players.db"));
    mode(journal, mode);
    assertThat(FolderPermissions.troubles(new FolderPermissions.Folder("k", journal, false, true)))
        .anyMatch(FolderPermissions.Trouble::isFatal);
    assertThatThrownBy(() -> premises().tighten(warnings))
        .hasMessageContaining("others may write into " + journal, "players.db")
        .hasMessageContaining("set [journal] path to a folder of its own, and move there");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(journal)))
        .isEqualTo(mode);
    Files.delete(save);
    assertThat(premises().tighten(warnings)).contains(journal.toString());
  }

  /** As {@code /tmp}, which others need as it is. */
  @Test
  void closesNoStickyFolder() throws Exception {
    assumeTrue(FileOwnership.isKnown(journal), "no modes here");
    Files.setAttribute(journal, "unix:mode", 01777);
    assertThatThrownBy(() -> premises().tighten(warnings))
        .hasMessageContaining("others may write into " + journal)
        .hasMessageContaining("set [journal] path to a folder of its own, and move there");
    assertThat(FileOwnership.of(journal).isSticky()).isTrue();
  }

  @Test
  void doesWithoutAStatusWhereAStrangerHasItsFolder() throws Exception {
    assumeTrue(FileOwnership.isRoot(), "only root can make a folder another user's");
    Files.setAttribute(letters, "unix:uid", NOBODY);
    new FolderPermissions(List.of(new FolderPermissions.Folder("status", letters, false, false)))
        .tighten(warnings);
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains(letters + " belongs to the user nobody");
  }

  @Test
  void followsNoLinkOfAStranger() throws Exception {
    assumeTrue(FileOwnership.isRoot(), "only root can make a link another user's");
    letters = Files.createSymbolicLink(temp.resolve("link"), journal);
    Files.setAttribute(letters, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
    assertThatThrownBy(() -> premises().tighten(warnings))
        .hasMessage(letters + " is a link of the user nobody: rm " + letters);
  }

  @ParameterizedTest
  @ValueSource(strings = {"owner.lock", "19700101-0001.cq4", "cursor", "19700101-0001.marks"})
  void opensNoFileOfAnotherUser(String name) throws Exception {
    assumeTrue(FileOwnership.isRoot(), "only root can make a file another user's");
    Path file = Files.createFile(journal.resolve(name));
    Files.setAttribute(file, "unix:uid", NOBODY);
    for (Executable opening :
        List.<Executable>of(
            () -> PrivateFiles.open(file, StandardOpenOption.READ),
            () -> PrivateFiles.readAll(file, 10),
            () -> PrivateFiles.reader(file),
            () -> PrivateFiles.writer(file),
            () -> PrivateFiles.write(file, "x"),
            () -> PrivateFiles.append(file))) {
      assertThatThrownBy(opening::execute)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file + ": it belongs to another user: chown -R root: " + file);
    }
    assertThat(file).isEmptyFile();
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }
}
