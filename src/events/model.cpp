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

}  // namespace

std::string join_identifiers(const std::vector<Identifier>& identifiers) {
  std::string out;
  for (const Identifier& id : identifiers) {
    if (!out.empty()) out += '\n';
    // '=' and not ':', because a kind may hold a colon (external:erp) and none may hold '='.
    out += id.kind + '=';
    out += id.value;
  }
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
                   to_utf8(id.kind.substr(0, kMaxKindBytes)));
  if (id.value.empty()) return fail_at(id.kind, "the {} is empty", id.kind);
  if (id.value.size() > kMaxValueBytes)
    return fail_at(id.kind, "the {} is longer than {} bytes", id.kind, kMaxValueBytes);
  if (has_control(id.value) || !is_utf8(id.value))
    return fail_at(id.kind, "the {} holds bytes that are not printable text", id.kind);
  return {};
}

}  // namespace cairn::events
