#include <algorithm>
#include <array>

#include "demo/life.h"
#include "demo/parameters.h"

namespace cairn::demo {

void Life::state(Time at, std::string_view purpose, std::string_view state, std::string_view source) {
  std::string_view how = source == "preference page"            ? "preference_page"
                         : source == "till" || source == "call" ? "agent"
                                                                : "event";
  note(at, "Consent Updated", Source::consent, kUserId)
      .text("purpose", purpose)
      .text("state", state)
      .text("how", how)
      .text("source", source)
      .whole("text_version", 1)
      .text("locale", "fr");
}

void Life::agree(const Order& order) {
  Time at = order.at + seconds(45);
  bool is_on_page = order.channel == Channel::web || order.channel == Channel::app;
  std::string_view where = order.channel == Channel::store ? "till" : is_on_page ? "checkout" : "call";
  if (is_subscribed_) state(at, "email", "granted", where);
  else if (wishes_.chance(kRefusesLetters)) state(at, "email", "denied", where);
  if (wishes_.chance(kAllowsSms)) {
    allows_sms_ = true;
    state(at, "sms", "granted", where);
  }
  if (order.channel == Channel::phone && wishes_.chance(kAllowsCalls)) state(at, "phone", "granted", where);
  if (is_on_page && wishes_.chance(kAnswersBanner))
    state(at, "analytics", wishes_.chance(kAllowsAnalytics) ? "granted" : "denied", "cookie banner");
  if (is_on_page && wishes_.chance(kAsksForChoices))
    state(at, "personalisation", wishes_.chance(kAllowsChoices) ? "granted" : "denied", "account");
}

void Life::think_again(const Order& order) {
  Time at = order.at + seconds(50);
  if (allows_sms_ && wishes_.chance(kWithdrawsSms)) {
    allows_sms_ = false;
    state(at, "sms", "withdrawn", "preference page");
  }
  if (!has_said_more_ && wishes_.chance(kSaysMore)) say_more(at);
}

void Life::say_more(Time at) {
  has_said_more_ = true;
  std::vector<std::string_view> chosen;
  auto list = interests();
  size_t most = 1 + wishes_.below(3);
  chosen.push_back(list[taste_ % list.size()].value);
  for (const Choice& c : list)
    if (chosen.size() < most && c.value != chosen[0] && wishes_.chance(0.3)) chosen.push_back(c.value);
  Note said = note(at, "Customer Updated", Source::consent, kUserId);
  said.list("interests", chosen);
  if (wishes_.chance(0.5)) said.text("life_stage", life_stages()[wishes_.below(life_stages().size())].value);
  if (wishes_.chance(0.4)) {
    std::string_view cause = causes()[wishes_.below(causes().size())].value;
    said.list("causes", {&cause, 1});
  }
}

}  // namespace cairn::demo
