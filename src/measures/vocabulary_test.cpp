#include "measures/vocabulary.h"

#include <gtest/gtest.h>

#include "events/kinds.h"

namespace cairn::measures {
namespace {

TEST(Vocabulary, EveryKindIsDeclaredInTheCatalogue) {
  for (size_t i = 1; i < kKindRefs; ++i) {
    std::string_view name = name_of(static_cast<KindRef>(i));
    ASSERT_FALSE(name.empty()) << i;
    const query::Kind* kind = events::declared_kinds().find_stream(name);
    ASSERT_TRUE(kind) << name;
    EXPECT_EQ(kind_ref(kind->name), static_cast<KindRef>(i)) << name;
  }
}

TEST(Vocabulary, WhatIsNotReadIsOther) {
  EXPECT_EQ(kind_ref("Page Viewed"), KindRef::other);
  EXPECT_EQ(kind_ref(""), KindRef::other);
  EXPECT_EQ(kind_ref("Order Completed"), KindRef::order_completed);
  EXPECT_FALSE(reads_properties(KindRef::other));
  EXPECT_TRUE(reads_properties(KindRef::order_paid));
}

}  // namespace
}  // namespace cairn::measures
