#include "events/model.h"

#include "base/text.h"

namespace cairn::events {
namespace {

constexpr size_t kMaxValueBytes = 200;
constexpr size_t kMaxKindBytes = 60;

bool has_control(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
  return false;
}

constexpr size_t kMaxNameBytes = 200;
constexpr size_t kMaxKeyBytes = 200;
constexpr size_t kMaxPropertiesBytes = 1 << 20;
constexpr Time kEarliest{-62'135'596'800'000'000};  // year 1
constexpr Time kLatest{253'402'300'799'999'999};    // year 9999

bool is_printable(std::string_view text) { return !has_control(text) && is_utf8(text); }

}  // namespace

void append_identifiers(std::string& out, const std::vector<Identifier>& identifiers) {
  bool is_first = true;
  for (const Identifier& id : identifiers) {
    if (!is_first) out += '\n';
    is_first = false;
    // '=' and not ':', because a kind may hold a colon (external:erp) and none may hold '='.
    out += id.kind;
    out += '=';
    out += id.value;
  }
}

std::string join_identifiers(const std::vector<Identifier>& identifiers) {
  std::string out;
  append_identifiers(out, identifiers);
  return out;
}

std::vector<Identifier> split_identifiers(std::string_view text) {
  std::vector<Identifier> out;
  if (text.empty()) return out;
  for (std::string_view line : split(text, '\n')) {
    size_t at = line.find('=');
    if (at == line.npos) continue;
    out.push_back({std::string(line.substr(0, at)), std::string(line.substr(at + 1))});
  }
  return out;
}

Result<void> check_identifier(const Identifier& id) {
  if (id.kind.empty() || id.kind.size() > kMaxKindBytes || id.kind.find('=') != id.kind.npos || has_control(id.kind))
    return fail_at("identifiers",
                   "'{}' is not a kind of identifier; use user_id, email, phone, anonymous_id, card or external:NAME",
                   excerpt(id.kind, kMaxKindBytes));
  if (id.value.empty()) return fail_at(id.kind, "the {} is empty", id.kind);
  if (id.value.size() > kMaxValueBytes)
    return fail_at(id.kind, "the {} is longer than {} bytes", id.kind, kMaxValueBytes);
  if (has_control(id.value) || !is_utf8(id.value))
    return fail_at(id.kind, "the {} holds bytes that are not printable text", id.kind);
  return {};
}

Result<void> check_event(const NewEvent& e) {
  if (e.kind.empty()) return fail_at("event", "the event has no name");
  if (e.kind.size() > kMaxNameBytes) return fail_at("event", "the event's name is longer than {} bytes", kMaxNameBytes);
  if (!is_printable(e.kind)) return fail_at("event", "the event's name is not printable UTF-8 text");
  if (e.source_key.size() > kMaxKeyBytes)
    return fail_at("message_id", "the message id is longer than {} bytes", kMaxKeyBytes);
  if (!is_printable(e.source_key)) return fail_at("message_id", "the message id is not printable text");
  if (e.occurred_at < kEarliest || e.occurred_at > kLatest)
    return fail_at("timestamp", "the time is outside the years 1 to 9999");
  if (e.properties.size() > kMaxPropertiesBytes)
    return fail_at("properties", "the properties are larger than {} bytes", kMaxPropertiesBytes);
  if (e.identifiers.empty())
    return fail_at("identifiers", "no identifier says whose event this is; send a user_id or an anonymous_id");
  for (const Identifier& id : e.identifiers) TRY(check_identifier(id));
  return {};
}

}  // namespace cairn::events
