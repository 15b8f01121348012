#include "events/aliases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.h"

namespace cairn::events {
namespace {

constexpr CustomerId A{11}, B{12}, C{13}, D{14};

TEST(Aliases, nobody_is_another_until_a_merge_says_so) {
  Aliases aliases;
  EXPECT_EQ(aliases.root(A), A);
  EXPECT_EQ(aliases.members(A), std::vector{A});
  Moved moved = aliases.add({MergeId{1}, B, A, A});
  EXPECT_EQ(moved.before, (std::vector{A, B}));
  EXPECT_EQ(moved.after, std::vector{A});
  EXPECT_EQ(aliases.root(B), A);
  EXPECT_EQ(aliases.root(A), A);
  EXPECT_EQ(aliases.members(B), (std::vector{A, B}));
  EXPECT_EQ(aliases.size(), 1u);
}

TEST(Aliases, a_merge_within_one_person_changes_nothing) {
  Aliases aliases;
  aliases.add({MergeId{1}, B, A, A});
  EXPECT_TRUE(aliases.add({MergeId{2}, A, B, B}).after.empty());
  EXPECT_TRUE(aliases.add({MergeId{1}, C, A, A}).after.empty()) << "a merge is known once";
  EXPECT_TRUE(aliases.remove(MergeId{2}).after.empty());
  EXPECT_EQ(aliases.root(B), A);
}

TEST(Aliases, merges_are_taken_back_in_any_order_and_who_is_still_tied_stays_together) {
  Aliases aliases;
  aliases.add({MergeId{1}, B, A, A});
  aliases.add({MergeId{2}, C, B, A});  // C is tied to B, by what B is known by
  aliases.add({MergeId{3}, A, D, D});
  EXPECT_EQ(aliases.root(C), D);
  Moved moved = aliases.remove(MergeId{1});
  EXPECT_EQ(moved.before, std::vector{D});
  EXPECT_EQ(aliases.root(A), D);
  EXPECT_EQ(aliases.members(D), (std::vector{A, D}));
  EXPECT_EQ(aliases.members(C), (std::vector{B, C})) << "C goes with B, whom its evidence names";
  EXPECT_EQ(aliases.root(B), aliases.root(C));
  aliases.remove(MergeId{3});
  EXPECT_EQ(aliases.root(A), A);
  aliases.remove(MergeId{2});
  EXPECT_EQ(aliases.root(C), C);
  EXPECT_EQ(aliases.size(), 0u);
}

TEST(Aliases, what_was_taken_back_by_a_person_is_kept_apart) {
  Aliases aliases;
  aliases.keep_apart(B, A);
  aliases.add({MergeId{1}, C, B, B});
  EXPECT_TRUE(aliases.are_apart(A, C)) << "C is B now";
  EXPECT_TRUE(aliases.are_apart(C, A));
  EXPECT_FALSE(aliases.are_apart(C, B));
  aliases.allow(A, B);
  EXPECT_FALSE(aliases.are_apart(A, C));
}

/// Against the plainest way: who is tied is found by colouring, after every change.
TEST(Aliases, random_merges_and_their_ends_are_as_colouring_says) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    Aliases aliases;
    std::map<int64_t, Tie> ties;
    for (int64_t step = 1; step <= 80; ++step) {
      if (!ties.empty() && random.below(3) == 0) {
        auto it = std::next(ties.begin(), static_cast<std::ptrdiff_t>(random.below(ties.size())));
        Moved moved = aliases.remove(MergeId{it->first});
        ASSERT_EQ(moved.after.size(), 2u);
        ties.erase(it);
      } else {
        CustomerId a{static_cast<int64_t>(random.below(12)) + 1}, b{static_cast<int64_t>(random.below(12)) + 1};
        CustomerId into = random.below(2) ? aliases.root(a) : aliases.root(b);
        bool is_one = aliases.root(a) == aliases.root(b);
        Moved moved = aliases.add({MergeId{step}, a, b, into});
        ASSERT_EQ(moved.after.empty(), is_one);
        if (!is_one) {
          ties[step] = {MergeId{step}, a, b, into};
          ASSERT_EQ(moved.after, std::vector{into}) << "the newest merge names the person";
        }
      }
      std::map<int64_t, int64_t> colours;
      for (int64_t id = 1; id <= 12; ++id) colours[id] = id;
      for (const auto& [merge, tie] : ties) {
        int64_t from = colours[tie.a.value], to = colours[tie.b.value];
        for (auto& [id, colour] : colours)
          if (colour == from) colour = to;
      }
      for (int64_t x = 1; x <= 12; ++x) {
        std::vector<CustomerId> same;
        for (int64_t y = 1; y <= 12; ++y)
          if (colours[x] == colours[y]) same.push_back(CustomerId{y});
        ASSERT_EQ(aliases.members(CustomerId{x}), same) << "seed " << seed << " step " << step;
        CustomerId root = aliases.root(CustomerId{x});
        ASSERT_TRUE(std::binary_search(same.begin(), same.end(), root));
        for (CustomerId y : same) ASSERT_EQ(aliases.root(y), root);
      }
    }
  }
}

}  // namespace
}  // namespace cairn::events
