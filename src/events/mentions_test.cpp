#include "events/mentions.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/on_stores.h"

namespace cairn::events {
namespace {

/// Ada's; others' rows hold some of it.
const std::vector<Identifier> kAda = {{"email", "ada@x.fr"},
                                      {"phone", "+33612345678"},
                                      {"user_id", "77"},
                                      {"card", "12345678"},
                                      {"anonymous_id", "4f2a-device"}};

/// Enough of people::normal, which is not seen from here.
std::optional<std::string> normal(std::string_view kind, std::string_view value) {
  std::string out = to_lower(trim(value));
  if (kind == "phone" && out.starts_with("06")) {
    std::erase(out, ' ');
    return "+33" + out.substr(1);
  }
  if (kind == "email" && out.find('@') == out.npos) return std::nullopt;
  return out;
}

class MentionsTest : public test::OnStores {
 protected:
  void SetUp() override {
    test::OnStores::SetUp();
    if (!IsSkipped()) log_ = Log::open(world_, store(), directory()).value();
  }
  std::optional<Mentions::Left> left_of(std::string_view identifiers, std::string_view properties) {
    LogRow row;
    row.identifiers = identifiers;
    row.properties = properties;
    return Mentions(kAda, normal).left_of(*log_, row);
  }
  std::string properties(std::string_view identifiers, std::string_view properties) {
    auto left = left_of(identifiers, properties);
    return left ? left->properties : "as it was";
  }

  std::unique_ptr<Log> log_;
};
INSTANTIATE_TEST_SUITE_P(embedded, MentionsTest, testing::Values(db::Driver::sqlite));

TEST_P(MentionsTest, identifiers_are_compared_however_they_are_written) {
  auto left = left_of("user_id=8\nemail=ADA@X.fr\nphone=06 12 34 56 78\nanonymous_id=b1", R"({"total":1.50})");
  ASSERT_TRUE(left);
  EXPECT_EQ(left->identifiers, "user_id=8\nanonymous_id=b1");
  EXPECT_EQ(left->properties, R"({"total":1.50})");
  EXPECT_FALSE(left->has_other_properties);
  EXPECT_FALSE(left_of("user_id=8\nemail=nada@x.fr\ncard=77\nphone=06 12 34 56 79", R"({"email":"nada@x.fr"})"));
}

TEST_P(MentionsTest, what_goes_of_properties) {
  EXPECT_EQ(properties("user_id=8", R"({"email":"Ada@X.fr","a":1e2,"to":{"email":"ada@x.fr","name":"B"}})"),
            R"({"a":1e2,"to":{"name":"B"}})");
  EXPECT_EQ(properties("user_id=8", R"({"mobile":"06 12 34 56 78","n":612345678})"), R"({"n":612345678})");
  EXPECT_EQ(properties("user_id=8", R"( {"l" : [ "ada@x.fr", {"e":"ada@x.fr"}, 3 ] , "ada@x.fr":true} )"),
            R"({"l":[null,{},3]})");
  EXPECT_EQ(properties("user_id=8", R"({"note":"to \"Ada@x.fr\", or nada@x.fr, from 4f2a-device"})"),
            R"({"note":"to \"[erased]\", or nada@x.fr, from [erased]"})");
  EXPECT_EQ(properties("user_id=8", R"({"note":"\u0061da@x.fr"})"), "{}");
}

TEST_P(MentionsTest, an_id_that_holds_one_still_belongs_to_what_it_did) {
  std::string first = properties("user_id=8", R"({"order_id":"ada@x.fr-1"})");
  EXPECT_TRUE(first.starts_with(R"({"order_id":"erased-)")) << first;
  EXPECT_EQ(properties("user_id=9", R"({"order_id":"ada@x.fr-1"})"), first);
  Needles needles(kAda, {});
  EXPECT_EQ(impersonal(*log_, "Order Completed", R"({"order_id":"ada@x.fr-1"})", needles), first)
      << "as in her own rows";
}

TEST_P(MentionsTest, what_may_be_anything_goes_where_it_is_hers_alone) {
  EXPECT_EQ(properties("user_id=8", R"({"user_id":"77","total":12345678,"order_id":"12345678"})"), "as it was")
      << "the row did not come with them";
  EXPECT_EQ(properties("user_id=8\ncard=12345678", R"({"total":12345678,"card_number":12345678,"a":"12345678"})"),
            R"({"total":12345678})");
  EXPECT_EQ(properties("user_id=8", R"({"from":"4F2A-device","to":["4f2a-device"]})"), R"({"to":[null]})");
  EXPECT_EQ(properties("user_id=12345678\ncard=12345678", R"({"user_id":"12345678"})"), R"({"user_id":"12345678"})")
      << "what is the other's own stays";
  EXPECT_EQ(properties("email=b@x.fr\nuser_id=77", R"({"size":"77","customerId":"77"})"), R"({"size":"77"})");
}

TEST_P(MentionsTest, what_is_no_object_stays) { EXPECT_EQ(properties("user_id=8", "[]"), "as it was"); }

}  // namespace
}  // namespace cairn::events
