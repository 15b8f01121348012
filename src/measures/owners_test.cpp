#include "measures/owners.h"

#include <gtest/gtest.h>

#include "events/kinds.h"

namespace cairn::measures {
namespace {

const query::Kind& completed() { return *events::declared_kinds().find("Order Completed"); }

TEST(Owners, AThingIsNamedByEntityAndKey) {
  uint64_t seven = Owners::thing_of(completed(), R"({"order_id":"7","total":5})");
  EXPECT_NE(seven, 0u);
  EXPECT_EQ(seven, Owners::thing_of(completed(), R"({"total":5,"order_id":"7"})"));
  EXPECT_EQ(seven, Owners::thing_of(*events::declared_kinds().find("Order Shipped"), R"({"order_id":"7"})"));
  EXPECT_NE(seven, Owners::thing_of(completed(), R"({"order_id":"8"})"));
  EXPECT_EQ(Owners::thing_of(completed(), R"({"total":5})"), 0u);
  // Not what a list within holds, nor what a text says.
  EXPECT_EQ(Owners::thing_of(completed(), R"({"products":[{"order_id":"7"}]})"), 0u);
  EXPECT_EQ(Owners::thing_of(completed(), R"({"coupon":"\"order_id\":\"7\""})"), 0u);
  EXPECT_EQ(seven, Owners::thing_of(completed(), R"({"products":[{"order_id":"9"}],"order_id":"7"})"));
  EXPECT_EQ(Owners::thing_of(*events::declared_kinds().find("Page Viewed"), R"({"order_id":"7"})"), 0u);
}

TEST(Owners, TheStrongestSourceNamesTheOwner) {
  Owners owners;
  owners.add(1, {CustomerId{20}, SourceId{1}, 50});
  owners.add(1, {CustomerId{10}, SourceId{2}, 300});
  owners.add(1, {CustomerId{30}, SourceId{3}, 100});
  owners.add(1, {CustomerId{10}, SourceId{2}, 300});
  owners.settle();
  EXPECT_EQ(owners.owner(1), CustomerId{10});
}

TEST(Owners, AmongEqualsWhoWasToldOfFirst) {
  Owners owners;
  owners.add(1, {CustomerId{20}, SourceId{1}, 100});
  owners.add(1, {CustomerId{10}, SourceId{2}, 100});
  owners.settle();
  EXPECT_EQ(owners.owner(1), CustomerId{20});
}

TEST(Owners, ASourceThatGivesAKeyTwiceJoinsNothing) {
  Owners owners;
  owners.add(1, {CustomerId{1}, SourceId{1}, 100});
  owners.add(1, {CustomerId{2}, SourceId{2}, 100});
  owners.add(1, {CustomerId{3}, SourceId{2}, 100});
  owners.settle();
  EXPECT_TRUE(owners.is_empty());
  EXPECT_FALSE(owners.owner(1).is_set());
}

TEST(Owners, WhatStandsAtOneCustomerStays) {
  Owners owners;
  owners.add(1, {CustomerId{1}, SourceId{1}, 50});
  owners.add(1, {CustomerId{1}, SourceId{2}, 300});
  owners.settle();
  EXPECT_TRUE(owners.is_empty());
}

}  // namespace
}  // namespace cairn::measures
