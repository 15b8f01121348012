#include "timeline/snapshot.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"
#include "timeline/bulk.h"
#include "timeline/by_hand.h"

namespace cairn::timeline {
namespace {

class SnapshotTest : public testing::Test {
 protected:
  void SetUp() override {
    RandomRows made(7, 300);
    for (int i = 0; i < 3000; ++i) rows_.push_back(made.next());
    timeline_ = std::make_unique<Timeline>(small_schema(), Options{});
    // In batches, so that shards have several parts.
    for (size_t i = 0; i < rows_.size(); i += 500) apply(*timeline_, i, i + 500);
    CHECK(write());
  }
  void apply(Timeline& timeline, size_t first, size_t last) {
    std::vector<OwnRow> some(rows_.begin() + static_cast<ptrdiff_t>(first),
                             rows_.begin() + static_cast<ptrdiff_t>(last));
    CHECK(timeline.apply(views(some), {static_cast<int64_t>(last)}, &system_executor()));
  }
  Result<void> write() { return write_snapshot(system_files(), dir_.path(), *timeline_->version(), system_executor()); }
  Result<Snapshot> open() { return open_snapshot(system_files(), dir_.path(), small_schema()); }
  /// A timeline of what is on the disk.
  std::unique_ptr<Timeline> opened() {
    auto snapshot = open();
    CHECK(snapshot, "{}", snapshot.error().message);
    CHECK(snapshot->findings.empty());
    auto out = std::make_unique<Timeline>(snapshot->schema, Options{});
    out->adopt(snapshot->schema, snapshot->parts, snapshot->last);
    return out;
  }
  /// Files with this in their names.
  std::vector<std::string> files(std::string_view like) {
    std::vector<std::string> out;
    std::vector<std::string> all = *system_files().list(dir_.path());
    for (const std::string& name : all)
      if (name.find(like) != name.npos) out.push_back(join_path(dir_.path(), name));
    return out;
  }
  void damage(const std::string& path, size_t at, char bit) {
    std::string bytes = system_files().read(path).value();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
    CHECK(system_files().write(path, bytes));
  }

  test::TempDir dir_;
  std::vector<OwnRow> rows_;
  std::unique_ptr<Timeline> timeline_;
};

TEST_F(SnapshotTest, says_the_same_as_what_it_was_made_of) {
  auto again = opened();
  EXPECT_EQ(again->version()->last(), Seq{3000});
  EXPECT_EQ(again->version()->events(), 3000u);
  auto said = everything(*again->version());
  EXPECT_EQ(said.size(), 300u);
  EXPECT_EQ(said, everything(*timeline_->version()));
  for (const auto& shard : again->version()->shards())
    for (const auto& part : shard->parts()) {
      EXPECT_TRUE(part->is_mapped());
      EXPECT_EQ(verify(again->version()->schema(), *part), std::vector<std::string>());
    }
  Figures figures = timeline::figures(*again->version());
  EXPECT_GT(figures.mapped_bytes, 20u * figures.memory_bytes);
}

TEST_F(SnapshotTest, takes_the_tail_and_is_written_over_while_it_is_read) {
  auto again = opened();
  auto old = again->version();
  RandomRows made(8, 300);
  for (int i = 0; i < 200; ++i) {
    rows_.push_back(made.next());
    rows_.back().seq += 3000;
  }
  apply(*again, 3000, 3200);
  apply(*timeline_, 3000, 3200);
  EXPECT_EQ(everything(*again->version()), everything(*timeline_->version()));
  auto before = everything(*old);
  ASSERT_TRUE(write_snapshot(system_files(), dir_.path(), *again->version(), system_executor()));
  EXPECT_EQ(everything(*old), before);
  EXPECT_EQ(everything(*opened()->version()), everything(*timeline_->version()));
  EXPECT_EQ(files(".tl").size(), 64u * 3);
}

TEST_F(SnapshotTest, keeps_what_turned_up_undeclared) {
  query::Property colour{"colour"};
  colour.declared = false;
  auto backfill = timeline_->add_column("lamp_lit", colour);
  ASSERT_TRUE(backfill);
  for (const OwnRow& row : rows_) backfill->add(row.view());
  ASSERT_TRUE(timeline_->install(*backfill, system_executor()));
  auto asked = timeline_->add_column("product_viewed", colour);
  ASSERT_TRUE(asked);
  ASSERT_TRUE(write());
  auto again = opened();
  EXPECT_EQ(everything(*again->version()), everything(*timeline_->version()));
  EXPECT_FALSE(again->add_column("lamp_lit", colour));
  EXPECT_TRUE(again->add_column("product_viewed", colour)) << "what was not filled is to be filled";
}

TEST_F(SnapshotTest, a_flipped_bit_is_found) {
  Random random(3);
  auto right = everything(*timeline_->version());
  int found = 0;
  std::vector<std::string> all = files("-");
  for (int i = 0; i < 40; ++i) {
    std::map<std::string, std::string> whole;
    for (int k = 0; k < 4; ++k) {
      const std::string& path = all[random.below(all.size())];
      whole.emplace(path, *system_files().read(path));
      damage(path, random.below(whole[path].size()), static_cast<char>(random.below(8)));
    }
    auto snapshot = open();
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    ASSERT_EQ(snapshot->missing.size(), snapshot->findings.size());
    found += static_cast<int>(snapshot->missing.size());
    for (const auto& part : snapshot->parts) {
      if (Result<void> touched = part->touch({}); !touched) {
        EXPECT_EQ(touched.error().code, Code::corrupt);
        EXPECT_NE(touched.error().message.find(".tl, block"), std::string::npos) << touched.error().message;
        EXPECT_FALSE(verify(*snapshot->schema, *part).empty());
        ++found;
        continue;
      }
      // Where nothing was found, nothing was damaged but the space between blocks.
      for (uint32_t c = 0; c < part->size(); ++c) {
        Version version(snapshot->schema, timeline_->version()->shards(), Seq{});
        ASSERT_EQ(lines_of(version, {part.get(), c}), right[part->customer(c).value]);
      }
    }
    for (const auto& [path, bytes] : whole) ASSERT_TRUE(system_files().write(path, bytes));
  }
  EXPECT_GT(found, 80);
}

TEST_F(SnapshotTest, damage_stops_the_writer_and_changes_nothing) {
  for (const std::string& path : files("core")) {
    std::string bytes = system_files().read(path).value();
    for (size_t i = 128; i < 192; ++i) bytes[i] = static_cast<char>(bytes[i] ^ 0x55);
    ASSERT_TRUE(system_files().write(path, bytes));
  }
  auto snapshot = open();
  ASSERT_TRUE(snapshot);
  Timeline timeline(snapshot->schema, {});
  timeline.adopt(snapshot->schema, snapshot->parts, snapshot->last);
  auto before = timeline.version();
  auto applied = timeline.apply(views(rows_), {3000});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Code::corrupt);
  EXPECT_EQ(timeline.version(), before);
}

TEST_F(SnapshotTest, a_shard_that_is_cut_off_is_built_anew) {
  std::string path = files("-07-columns").at(0);
  std::string bytes = system_files().read(path).value();
  ASSERT_TRUE(system_files().write(path, bytes.substr(0, bytes.size() - 100)));
  ASSERT_TRUE(system_files().remove(files("-09-derived").at(0)));
  auto snapshot = open();
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->missing, (std::vector<int>{7, 9}));
  EXPECT_NE(snapshot->findings.at(0).find("07-columns"), std::string::npos);
  Timeline timeline(snapshot->schema, {});
  timeline.adopt(snapshot->schema, snapshot->parts, snapshot->last);
  EXPECT_LT(timeline.version()->events(), 3000u);
  for (int shard : snapshot->missing) {
    Bulk bulk(snapshot->schema, {}, {shard, shard + 1});
    bulk.add(views(rows_), system_executor());
    timeline.adopt(bulk.schema(), bulk.finish(system_executor()), snapshot->last);
  }
  EXPECT_EQ(everything(*timeline.version()), everything(*timeline_->version()));
}

TEST_F(SnapshotTest, of_something_else_is_refused) {
  auto dollars = std::make_shared<const Schema>(small_catalogue(), Reading{Currency::parse("USD").value(), Zone()});
  auto other = open_snapshot(system_files(), dir_.path(), dollars);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::invalid);
  damage(join_path(dir_.path(), "manifest"), 30, 1);
  ASSERT_FALSE(open());
  EXPECT_EQ(open().error().code, Code::corrupt);
  ASSERT_TRUE(discard_snapshot(system_files(), dir_.path()));
  ASSERT_FALSE(open());
  EXPECT_EQ(open().error().code, Code::not_found);
  EXPECT_TRUE(files(".tl").empty());
}

}  // namespace
}  // namespace cairn::timeline
