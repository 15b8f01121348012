// A brand and a log in a few lines, for the judge's tests.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "judge/judge.h"

namespace cairn::judge {

/// The declared catalogue, EUR, UTC.
Brand sample_brand();
/// The customer of the reference page (query/reference.h).
std::vector<Row> sample_rows();
/// `order_completed` at the RFC 3339 text, known at once unless said; the next seq of `rows`.
Row& add(std::vector<Row>& rows, std::string stream, std::string_view at, std::string_view properties = "{}",
         int64_t customer = 1);
/// Parsed and checked. REQUIRES a right text.
query::Checked ask(std::string_view text, const Brand& brand, const std::vector<std::string>& event_streams = {});
Time moment(std::string_view text);

}  // namespace cairn::judge
