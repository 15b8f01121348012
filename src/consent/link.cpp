#include "consent/link.h"

#include <charconv>

#include "base/text.h"

namespace cairn::consent {
namespace {

// Says what was signed, so that another text signed with this key is no link.
constexpr std::string_view kKind = "preferences";

std::optional<int64_t> number(std::string_view text) {
  int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

std::string make_link(const crypto::Key& key, const Link& link) {
  int64_t seconds = link.expires_at ? link.expires_at->micros / 1'000'000 : 0;
  std::string text = fmt::format("{}/{}/{}", kKind, link.customer.value, seconds);
  if (link.made_at) text += fmt::format("/{}", link.made_at->micros);
  return crypto::sign(key, text);
}

Result<Link> read_link(const crypto::Key& key, std::string_view token, Time now) {
  auto text = crypto::verify(key, token);
  std::vector<std::string_view> parts;
  if (text) parts = split(*text, '/');
  bool has_made = parts.size() == 4;
  std::optional<int64_t> customer, expires, made;
  if ((parts.size() == 3 || has_made) && parts[0] == kKind) customer = number(parts[1]), expires = number(parts[2]);
  if (has_made) made = number(parts[3]);
  if (!customer || !expires || (has_made && !made))
    return fail(Code::not_found, "this link is not one of ours; ask for a new one");
  Link out{{*customer}};
  if (made) out.made_at = Time{*made};
  if (*expires != 0) out.expires_at = Time{*expires * 1'000'000};
  if (out.expires_at && now >= *out.expires_at)
    return fail(Code::not_found, "this link has expired; ask for a new one");
  return out;
}

}  // namespace cairn::consent
