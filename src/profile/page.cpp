#include "profile/page.h"

#include <algorithm>
#include <charconv>

namespace cairn::profile {
namespace {

/// The rows of a kind from the last on, as the order of all events goes backwards.
struct Lane {
  const timeline::Stream* stream = nullptr;
  const timeline::Column* channel = nullptr;
  uint32_t end = 0;  ///< The row behind the next.
  bool is_wanted = true;
};

std::vector<Lane> lanes_of(const Look& look, const Filter& filter) {
  std::vector<Lane> out;
  const timeline::Part& part = *look.place.part;
  for (timeline::KindIndex kind : part.order().kinds()) {
    Lane lane{part.stream(kind), nullptr, 0, filter.kinds.empty() || filter.kinds.contains(kind)};
    lane.end = lane.stream->offsets().end(look.place.customer);
    auto index = look.schema.kinds()[kind].find("channel");
    if (index) lane.channel = lane.stream->column(*index);
    out.push_back(lane);
  }
  return out;
}

bool is_of_channel(const Lane& lane, uint32_t row, std::string_view channel) {
  if (channel.empty()) return true;
  bool is_told = lane.channel && lane.channel->type() == query::PropertyType::text && lane.channel->is_known(row);
  return is_told && lane.channel->text(row) == channel;
}

}  // namespace

std::string to_text(const Cursor& cursor) { return fmt::format("{}.{}", cursor.at, cursor.seq); }

Result<Cursor> parse_cursor(std::string_view text) {
  Cursor out;
  const char* end = text.data() + text.size();
  auto at = std::from_chars(text.data(), end, out.at);
  bool is_right = at.ec == std::errc() && at.ptr != end && *at.ptr == '.';
  if (is_right) {
    auto seq = std::from_chars(at.ptr + 1, end, out.seq);
    is_right = seq.ec == std::errc() && seq.ptr == end;
  }
  if (!is_right) return fail_at("cursor", "'{}' is no cursor; take `next` of the page before as it is", text);
  return out;
}

std::vector<Place> places_behind(const Look& look, const Cursor& cursor, const Filter& filter, size_t most) {
  std::vector<Place> out;
  const timeline::Order& order = look.place.part->order();
  std::vector<Lane> lanes = lanes_of(look, filter);
  int64_t before = filter.until ? filter.until->micros : INT64_MAX;
  int64_t since = filter.since ? filter.since->micros : INT64_MIN;
  uint32_t begin = order.offsets().begin(look.place.customer), end = order.offsets().end(look.place.customer);
  order.occurred_at().visit([&](auto times) {
    order.codes().visit([&](auto codes) {
      for (uint32_t i = end; i-- > begin && out.size() < most;) {
        Lane& lane = lanes[static_cast<size_t>(codes[i])];
        uint32_t row = --lane.end;
        int64_t at = times[i];
        if (at > cursor.at || at >= before || !lane.is_wanted) continue;
        if (at < since) return;
        if (!is_of_channel(lane, row, filter.channel)) continue;
        Cursor here{at, lane.stream->seq()[row]};
        if (here < cursor) out.push_back({here, order.kinds()[static_cast<size_t>(codes[i])]});
      }
    });
  });
  return out;
}

}  // namespace cairn::profile
