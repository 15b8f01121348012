#include "measures/vocabulary.h"

#include <array>
#include <string>

#include "base/text.h"

namespace cairn::measures {
namespace {

// In the order of the enum; an array that is too short leaves empty names, which a test finds.
constexpr std::array<std::string_view, kKindRefs> kNames = {
    "other",
    "order_completed",
    "order_paid",
    "order_updated",
    "order_shipped",
    "order_delivered",
    "order_cancelled",
    "order_refunded",
    "return_requested",
    "return_received",
    "ticket_opened",
    "ticket_replied",
    "ticket_solved",
    "ticket_reopened",
    "live_chat_conversation_started",
    "gesture_given",
    "survey_answered",
    "product_reviewed",
    "product_added",
    "wishlist_product_added_to_cart",
    "checkout_started",
    "help_searched",
    "article_opened",
    "article_viewed",
    "article_voted",
    "recommendation_shown",
    "recommendation_clicked",
    "automation_entered",
    "email_delivered",
    "email_marked_as_spam",
    "unsubscribed",
    "member_enrolled",
    "points_earned",
    "reward_redeemed",
    "referral_sent",
    "referral_completed",
    "idea_submitted",
    "idea_answered",
    "product_shared",
    "article_shared",
};

}  // namespace

KindRef kind_ref(std::string_view kind_name) {
  std::string snake = to_snake(kind_name);
  for (size_t i = 1; i < kNames.size(); ++i)
    if (kNames[i] == snake) return static_cast<KindRef>(i);
  return KindRef::other;
}

std::string_view name_of(KindRef kind) { return kNames[static_cast<size_t>(kind)]; }

bool reads_properties(KindRef kind) {
  switch (kind) {
    case KindRef::other:
    case KindRef::article_viewed:
    case KindRef::recommendation_clicked:
    case KindRef::email_delivered:
    case KindRef::email_marked_as_spam:
    case KindRef::unsubscribed:
    case KindRef::member_enrolled:
    case KindRef::points_earned:
    case KindRef::reward_redeemed:
    case KindRef::referral_sent:
    case KindRef::product_shared:
    case KindRef::article_shared: return false;
    default: return true;
  }
}

}  // namespace cairn::measures
