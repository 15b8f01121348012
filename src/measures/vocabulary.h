// The kinds of event that measures read, resolved from their names once. Any other kind counts as `other`: it tells
// that the customer was there, and nothing else.
#pragma once
#include <cstdint>
#include <string_view>

namespace cairn::measures {

/// Spelt as the kind's name in snake_case; `other` is first.
enum class KindRef : uint8_t {
  other,
  order_completed,
  order_paid,
  order_updated,
  order_shipped,
  order_delivered,
  order_cancelled,
  order_refunded,
  return_requested,
  return_received,
  ticket_opened,
  ticket_replied,
  ticket_solved,
  ticket_reopened,
  live_chat_conversation_started,
  gesture_given,
  survey_answered,
  product_reviewed,
  product_added,
  wishlist_product_added_to_cart,
  checkout_started,
  help_searched,
  article_opened,
  article_viewed,
  article_voted,
  recommendation_shown,
  recommendation_clicked,
  automation_entered,
  email_delivered,
  email_marked_as_spam,
  unsubscribed,
  member_enrolled,
  points_earned,
  reward_redeemed,
  referral_sent,
  referral_completed,
  idea_submitted,
  idea_answered,
  product_shared,
  article_shared,
  end_of_kinds,
};

inline constexpr size_t kKindRefs = static_cast<size_t>(KindRef::end_of_kinds);

/// `Order Completed` → order_completed; a name that measures do not read → other.
KindRef kind_ref(std::string_view kind_name);
/// `order_completed`.
std::string_view name_of(KindRef kind);
/// False when only the moment of such an event matters, so that its properties need not be kept.
bool reads_properties(KindRef kind);

}  // namespace cairn::measures
