#include "sim/guests.h"

#include <charconv>

#include <fmt/format.h>

namespace cairn::sim {
namespace {

constexpr std::string_view kEvent = "mark-", kEventEnd = "-k", kGuest = "uux-", kPhone = "336987";

/// The digits behind each place where `before` stands, when there are so many.
template <class F>
void each_number(std::string_view bytes, std::string_view before, size_t digits, F visit) {
  for (size_t at = bytes.find(before); at != bytes.npos; at = bytes.find(before, at + 1)) {
    std::string_view rest = bytes.substr(at + before.size(), digits);
    int number = 0;
    auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (rest.size() == digits && error == std::errc() && end == rest.data() + rest.size()) visit(number, at);
  }
}

std::string around(std::string_view bytes, size_t at) {
  std::string out(bytes.substr(at < 60 ? 0 : at - 60, 120));
  for (char& c : out)
    if (c < ' ' || c > '~') c = '.';
  return out;
}

/// What somebody might write of them anywhere.
std::string about(const Guest& guest) { return fmt::format("{} {} {}", guest.user, guest.device, guest.email); }

}  // namespace

Guest::Guest(int number_)
    : number(number_),
      user(fmt::format("quux-{:04}-user", number)),
      device(fmt::format("quux-{:04}-device", number)),
      email(fmt::format("quux-{:04}@example.org", number)),
      phone(fmt::format("+336987{:05}", number)),
      name(fmt::format("Quux-{:04}", number)) {}

std::string guest_key(std::string_view maker, uint64_t number) {
  return fmt::format("{}{}-{}{}", kEvent, maker, number, kEventEnd);
}

std::string call_of(const Guest& guest, const GuestCall& call, Random& random) {
  std::string who;
  bool is_user = call.is_bad || random.chance(0.6);
  if (is_user) who += fmt::format(R"("userId":"{}",)", guest.user);
  if (!is_user || call.is_bad || random.chance(0.4)) who += fmt::format(R"("anonymousId":"{}",)", guest.device);
  std::string head = fmt::format(R"("messageId":"{}",{})", call.key, who);
  // An id of theirs within a text is found because the event tells it.
  const std::string& known = is_user ? guest.user : guest.device;
  std::string own = fmt::format(R"("n":{},"own-{}":"{}")", call.n, random.below(30), call.key);
  if (call.is_bad)
    return fmt::format(R"({{"type":"track","event":"Order Completed",{}"timestamp":"never","properties":)"
                       R"({{{},"email":"{}"}}}})",
                       head, own, guest.email);
  if (random.chance(0.3)) {
    std::string email = random.chance(0.5) ? guest.email : "Q" + guest.email.substr(1);
    return fmt::format(
        R"({{"type":"identify",{}"traits":{{"email":"{}","phone":"{}","firstName":"{}","region":"R",{}}}}})", head,
        email, guest.phone, guest.name, own);
  }
  constexpr const char* kKinds[] = {"Order Completed", "Order Completed", "Survey Answered", "Page Viewed",
                                    "Own Kind 1"};
  std::string pad(random.chance(0.05) ? random.below(9'000) : 0, 'y');
  return fmt::format(R"({{"type":"track","event":"{}",{}"timestamp":"{}","properties":{{{},{},"order_id":"{}-{}",)"
                     R"("comment":"{} {}","url":"https://example.org/{}","path":"/of/{}","note":"{}{}"}}}})",
                     kKinds[random.below(std::size(kKinds))], head, call.at, own, call.total, known, call.n, guest.name,
                     call.key, call.key, known, about(guest), pad);
}

std::string line_of(const Guest& guest, const GuestCall& call) {
  std::string who = call.is_bad ? "" : fmt::format(R"("user_id":"{}",)", guest.user);
  return fmt::format(
      R"({{"event":"Order Completed",{}"timestamp":"{}","message_id":"{}","properties":{{"n":{},{},"own":"{}",)"
      R"("note":"{}"}}}})",
      who, call.at, call.key, call.n, call.total, call.key, about(guest));
}

void find_marks(std::string_view bytes, Marks& out) {
  for (size_t at = bytes.find(kEvent); at != bytes.npos; at = bytes.find(kEvent, at + 1)) {
    size_t end = bytes.find_first_not_of("0123456789i-", at + kEvent.size());
    if (end == bytes.npos || bytes[end] != 'k' || bytes[end - 1] != '-') continue;
    out.events.try_emplace(std::string(bytes.substr(at, end + 1 - at)), around(bytes, at));
  }
  auto found = [&](int number, size_t at) { out.guests.try_emplace(number, around(bytes, at)); };
  each_number(bytes, kGuest, 4, found);
  each_number(bytes, kPhone, 5, found);
}

}  // namespace cairn::sim
