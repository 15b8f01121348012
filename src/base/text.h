// Text in UTF-8.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

bool is_utf8(std::string_view text);
/// Invalid bytes become U+FFFD.
std::string to_utf8(std::string_view text);
/// What a message or a column may show of `text`: at most `bytes` of it, whole characters in UTF-8, without U+0000
/// (which PostgreSQL's text cannot hold), and `…` where more was.
std::string excerpt(std::string_view text, size_t bytes);
/// Without white space (ASCII, and U+00A0) at both ends.
std::string_view trim(std::string_view text);
/// ASCII letters only.
std::string to_lower(std::string_view text);
/// In ASCII letters, as names of headers are.
bool same_but_for_case(std::string_view a, std::string_view b);
/// `Order Completed` → `order_completed`, `orderCompleted` → `order_completed`; other signs become one `_`.
std::string to_snake(std::string_view name);
std::vector<std::string_view> split(std::string_view text, char at);
/// Code points, not bytes.
size_t length(std::string_view text);
/// Which of `names` was likely meant by `text` (edit distance ≤ 2 and ≤ a third of its length), or empty.
std::string_view nearest(std::string_view text, const std::vector<std::string_view>& names);

}  // namespace cairn
