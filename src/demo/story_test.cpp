#include "demo/story.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"

namespace cairn::demo {
namespace {

Calendar calendar() { return Calendar(*Zone::find("Europe/Paris"), day_of({2025, 2, 1}), day_of({2025, 3, 1})); }

std::vector<std::string> events_of(uint32_t customer) {
  Calendar c = calendar();
  Tape tape(c.begin(), c.end());
  tell_story(c, tape);
  tape.finish();
  std::vector<std::string> out;
  for (const Record& r : tape.records())
    if (r.customer == customer) out.push_back(fmt::format("D-{} {}", c.days() - c.day_of(r.at), r.kind));
  return out;
}

const std::vector<std::string> kAmelieDoes = {
    "D-26 Page Viewed",
    "D-26 Products Searched",
    "D-26 Product Viewed",
    "D-26 Product Viewed",
    "D-26 Product Viewed",
    "D-26 Article Viewed",
    "D-25 Product Viewed",
    "D-25 Product Added",
    "D-25 Product Added",
    "D-25 Checkout Started",
    "D-25 Order Completed",
    "D-25 Order Paid",
    "D-25 Customer Updated",
    "D-24 Order Shipped",
    "D-22 Order Delivered",
    "D-20 Survey Sent",
    "D-20 Survey Answered",
    "D-17 Live Chat Conversation Started",
    "D-17 Live Chat Message Received",
    "D-17 Gesture Given",
    "D-17 Live Chat Conversation Ended",
    "D-14 Product Viewed",
    "D-14 Product Added",
    "D-14 Product Added",
    "D-14 Coupon Applied",
    "D-14 Checkout Started",
    "D-14 Order Completed",
    "D-14 Order Paid",
    "D-13 Order Shipped",
    "D-11 Order Delivered",
    "D-10 Referral Sent",
    "D-8 Referral Completed",
    "D-6 Article Shared",
    "D-4 Product Reviewed",
};

TEST(Story, amelie_does_this_and_nothing_else_even_in_the_shortest_month) {
  EXPECT_EQ(events_of(kAmelie), kAmelieDoes);
}

TEST(Story, her_sister_comes_by_her_invitation) {
  EXPECT_EQ(events_of(kCamille),
            (std::vector<std::string>{"D-9 Page Viewed", "D-9 Product Viewed", "D-8 Product Added",
                                      "D-8 Checkout Started", "D-8 Order Completed", "D-8 Order Paid",
                                      "D-8 Referral Completed", "D-7 Order Shipped", "D-5 Order Delivered"}));
}

TEST(Story, she_is_anonymous_until_she_orders_and_then_one_person) {
  Calendar c = calendar();
  Tape tape(c.begin(), c.end());
  tell_story(c, tape);
  tape.finish();
  std::string device;
  bool is_known = false;
  for (const Record& r : tape.records()) {
    if (r.customer != kAmelie) continue;
    events::NewEvent e = to_event(tape, r);
    for (const auto& [kind, value] : e.identifiers) {
      if (kind == "anonymous_id" && device.empty()) device = value;
      EXPECT_EQ(value, kind == "user_id" ? "amelie" : kind == "email" ? "amelie@example.org" : device);
    }
    bool has_name = e.identifiers[0].kind != "anonymous_id";
    EXPECT_EQ(has_name, is_known || e.kind == "Checkout Started") << e.kind;
    is_known |= has_name;
  }
  EXPECT_TRUE(is_known);
}

TEST(Story, the_page_tells_these_events_in_this_order) {
  auto page = system_files().read(std::string(CAIRN_SOURCE_DIR) + "/docs/start/demo-shop.md");
  ASSERT_TRUE(page);
  std::vector<std::string> told;
  for (std::string_view line : split(*page, '\n')) {
    auto cells = split(line, '|');
    if (cells.size() < 4 || !trim(cells[1]).starts_with("D-")) continue;
    std::string_view kind = trim(cells[2]);
    told.push_back(fmt::format("{} {}", trim(cells[1]), kind.substr(1, kind.size() - 2)));
  }
  EXPECT_EQ(told, kAmelieDoes);
}

}  // namespace
}  // namespace cairn::demo
