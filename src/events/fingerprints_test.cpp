#include "events/fingerprints.h"

#include <gtest/gtest.h>

#include <map>

#include "base/hash.h"
#include "base/random.h"
#include "events/fingerprint_run.h"
#include "support/temp_dir.h"

namespace cairn::events {
namespace {

std::vector<int64_t> find(const Fingerprints& prints, uint64_t value) {
  std::vector<int64_t> out;
  prints.find(value, out);
  std::sort(out.begin(), out.end());
  return out;
}

class FingerprintsTest : public testing::Test {
 protected:
  std::unique_ptr<Fingerprints> open(size_t in_memory = 512 * 1024) {
    auto out = Fingerprints::open(world_, dir_.path(), in_memory);
    EXPECT_TRUE(out) << out.error().message;
    return std::move(*out);
  }
  /// Adds value(i) for seq i in [from, to], committed in groups.
  void fill(Fingerprints& prints, int64_t from, int64_t to) {
    for (int64_t seq = from; seq <= to; ++seq) {
      prints.add({mix(static_cast<uint64_t>(seq)), seq});
      if (seq % 5000 == 0 || seq == to) prints.commit(seq);
    }
    prints.settle();
  }
  World world_ = system_world();
  test::TempDir dir_;
};

TEST_F(FingerprintsTest, finds_every_row_of_a_value_and_nothing_else) {
  auto prints = open();
  prints->add({7, 1});
  prints->add({8, 2});
  prints->add({7, 3});
  EXPECT_EQ(find(*prints, 7), (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(find(*prints, 8), (std::vector<int64_t>{2}));
  EXPECT_TRUE(find(*prints, 9).empty());
}

TEST_F(FingerprintsTest, forgets_what_was_rolled_back) {
  auto prints = open();
  prints->add({7, 1});
  prints->add({7, 2});
  prints->add({9, 3});
  prints->rewind(2);
  EXPECT_EQ(find(*prints, 7), (std::vector<int64_t>{1}));
  EXPECT_TRUE(find(*prints, 9).empty());
  prints->add({9, 2});
  EXPECT_EQ(find(*prints, 9), (std::vector<int64_t>{2}));
}

TEST_F(FingerprintsTest, agrees_with_a_map_across_files_and_a_restart) {
  constexpr int64_t kRows = 1'700'000;
  int64_t covered = 0;
  {
    auto prints = open();
    fill(*prints, 1, kRows);
    EXPECT_GE(prints->figures().runs, 1u);
    EXPECT_LT(prints->figures().runs, 4u) << "neighbours of like size are merged";
  }
  auto prints = open();
  covered = prints->covered();
  EXPECT_GT(covered, kRows / 2);
  EXPECT_LE(covered, kRows);
  for (int64_t seq = covered + 1; seq <= kRows; ++seq) prints->add({mix(static_cast<uint64_t>(seq)), seq});
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    auto seq = static_cast<int64_t>(random.below(2 * kRows)) + 1;
    auto found = find(*prints, mix(static_cast<uint64_t>(seq)));
    EXPECT_EQ(found, seq <= kRows ? std::vector<int64_t>{seq} : std::vector<int64_t>{}) << seq;
  }
}

TEST_F(FingerprintsTest, drops_a_damaged_file_and_what_comes_after_it) {
  {
    auto prints = open();
    fill(*prints, 1, 600'000);
  }
  auto names = world_.files.list(dir_.path());
  ASSERT_TRUE(names);
  ASSERT_FALSE(names->empty());
  std::string path = join_path(dir_.path(), names->front());
  auto bytes = world_.files.read(path);
  ASSERT_TRUE(bytes);
  (*bytes)[20] ^= 1;
  ASSERT_TRUE(world_.files.write(path, *bytes));
  auto prints = open();
  EXPECT_EQ(prints->covered(), 0);
  EXPECT_FALSE(world_.files.exists(path));
}

TEST_F(FingerprintsTest, a_file_that_was_not_written_to_its_end_is_made_again) {
  {
    auto prints = open(1000);
    fill(*prints, 1, 5000);
  }
  auto names = world_.files.list(dir_.path()).value();
  ASSERT_EQ(names.size(), 1u);
  // As a power cut before the rename leaves it: the name of before, the header, and not all of the rest.
  std::string path = dir_ / names.front(), beside = path + ".new";
  ASSERT_TRUE(world_.files.rename(path, beside));
  ASSERT_TRUE(world_.files.open(beside, Open::write).value()->write_at(512, std::string(20'000, '\0')));
  auto prints = open(1000);
  EXPECT_EQ(prints->covered(), 0) << "its rows come from the log again";
  EXPECT_FALSE(world_.files.exists(beside));
}

TEST_F(FingerprintsTest, what_the_disk_did_not_take_is_written_with_the_next) {
  auto prints = open(1000);
  std::string in_the_way = dir_ / "000000000001-000000005000.run.new";
  ASSERT_TRUE(world_.files.make_directory(in_the_way));
  fill(*prints, 1, 10'000);
  EXPECT_EQ(prints->figures().runs, 0u);
  EXPECT_EQ(prints->figures().unwritten, 2u);
  EXPECT_EQ(find(*prints, mix(1)), (std::vector<int64_t>{1})) << "found in memory meanwhile";
  ASSERT_TRUE(world_.files.remove_all(in_the_way));
  fill(*prints, 10'001, 15'000);
  EXPECT_EQ(prints->figures().unwritten, 0u);
  prints.reset();
  EXPECT_EQ(open(1000)->covered(), 15'000);
}

TEST_F(FingerprintsTest, a_run_finds_equal_values_and_the_ends) {
  std::vector<Fingerprint> entries = {{0, 4}, {5, 1}, {5, 2}, {5, 9}, {~0ull, 3}};
  auto run = FingerprintRun::write(world_.files, dir_.path(), {1, 9}, entries);
  ASSERT_TRUE(run) << run.error().message;
  auto seqs = [&](uint64_t value) {
    std::vector<int64_t> out;
    (*run)->find(value, out);
    return out;
  };
  EXPECT_EQ(seqs(5), (std::vector<int64_t>{1, 2, 9}));
  EXPECT_EQ(seqs(0), (std::vector<int64_t>{4}));
  EXPECT_EQ(seqs(~0ull), (std::vector<int64_t>{3}));
  EXPECT_TRUE(seqs(6).empty());
  EXPECT_TRUE((*run)->verify());
}

}  // namespace
}  // namespace cairn::events
