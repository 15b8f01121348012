#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace cairn {
namespace {

using test::TempDir;
using testing::ElementsAre;
using testing::HasSubstr;

Files& files() { return system_files(); }

TEST(Files, WriteReplacesTheWholeFileAndLeavesNothingBeside) {
  TempDir dir;
  ASSERT_TRUE(files().write(dir / "a", "first, and longer"));
  ASSERT_TRUE(files().write(dir / "a", "second"));
  EXPECT_EQ(files().read(dir / "a").value(), "second");
  EXPECT_THAT(files().list(dir.path()).value(), ElementsAre("a"));
}

TEST(Files, ErrorsNameThePathAndTheirKind) {
  TempDir dir;
  auto missing = files().read(dir / "nothing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr(dir / "nothing"));
  EXPECT_EQ(files().open(dir.path(), Open::read).error().code, Code::invalid);
  EXPECT_EQ(files().list(dir / "nothing").error().code, Code::not_found);
  EXPECT_EQ(files().map(dir / "nothing").error().code, Code::not_found);
  ASSERT_TRUE(files().write(dir / "file", ""));
  EXPECT_EQ(files().read(dir / "file/below").error().code, Code::invalid);
  EXPECT_FALSE(files().make_directory(dir / "file/below"));
}

TEST(Files, AFullDiskIsSaidSo) {
  auto full = files().open("/dev/full", Open::write);
  ASSERT_TRUE(full);
  auto written = (*full)->append("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::unavailable);
  EXPECT_THAT(written.error().message, HasSubstr("disk is full"));
}

TEST(File, AppendsReadsAndCuts) {
  TempDir dir;
  {
    auto file = files().open(dir / "log", Open::write).value();
    ASSERT_TRUE(file->append("hello "));
    ASSERT_TRUE(file->append("world"));
    ASSERT_TRUE(file->sync());
  }
  auto file = files().open(dir / "log", Open::write).value();  // kept, and appended to
  ASSERT_TRUE(file->append("!"));
  EXPECT_EQ(file->size().value(), 12u);
  char some[32];
  EXPECT_EQ(file->read_at(6, some).value(), 6u);
  EXPECT_EQ(std::string_view(some, 6), "world!");
  EXPECT_EQ(file->read_at(100, some).value(), 0u);
  ASSERT_TRUE(file->write_at(0, "J"));
  ASSERT_TRUE(file->truncate(5));
  ASSERT_TRUE(file->append("y"));
  EXPECT_EQ(files().read(dir / "log").value(), "Jelloy");
  auto emptied = files().open(dir / "log", Open::truncate).value();
  EXPECT_EQ(emptied->size().value(), 0u);
}

TEST(Files, AMappingOutlivesTheName) {
  TempDir dir;
  ASSERT_TRUE(files().write(dir / "m", "mapped"));
  ASSERT_TRUE(files().write(dir / "empty", ""));
  auto mapping = files().map(dir / "m").value();
  ASSERT_TRUE(files().remove(dir / "m"));
  EXPECT_FALSE(files().exists(dir / "m"));
  EXPECT_EQ(mapping->bytes(), "mapped");
  EXPECT_EQ(files().map(dir / "empty").value()->bytes(), "");
}

TEST(Files, ALockIsHeldOnceAndFreedByItsEnd) {
  TempDir dir;
  {
    auto held = files().lock(dir / "lock");
    ASSERT_TRUE(held);
    auto second = files().lock(dir / "lock");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::conflict);
  }
  EXPECT_TRUE(files().lock(dir / "lock"));
}

TEST(Files, DirectoriesAndNames) {
  TempDir dir;
  ASSERT_TRUE(files().make_directory(dir / "b/c/d"));
  ASSERT_TRUE(files().make_directory(dir / "b/c/d"));
  ASSERT_TRUE(files().write(dir / "z", "1"));
  ASSERT_TRUE(files().rename(dir / "z", dir / "a"));
  EXPECT_THAT(files().list(dir.path()).value(), ElementsAre("a", "b"));
  EXPECT_TRUE(files().is_directory(dir / "b/c"));
  EXPECT_FALSE(files().is_directory(dir / "a"));
  EXPECT_TRUE(files().remove(dir / "never there"));
  EXPECT_TRUE(files().remove_all(dir / "b"));
  EXPECT_FALSE(files().exists(dir / "b"));
  EXPECT_GT(files().free_bytes(dir.path()).value(), 0u);
}

TEST(Paths, JoinAndBaseName) {
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("", "b"), "b");
  EXPECT_EQ(base_name("/x/y.csv"), "y.csv");
  EXPECT_EQ(base_name("y.csv"), "y.csv");
}

}  // namespace
}  // namespace cairn
