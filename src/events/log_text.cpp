#include "events/log_text.h"

#include "base/text.h"
#include "json/value.h"

namespace cairn::events {

void append_json(std::string& out, const LogRow& row, const Log& names) {
  out += fmt::format(R"({{"seq":{},"customer":"{}","kind":)", row.seq.value, row.customer.value);
  json::append_text(out, names.kind_name(row.kind));
  out += fmt::format(R"(,"occurred_at":"{}","known_at":"{}","source":)", to_rfc3339(row.occurred_at),
                     to_rfc3339(row.known_at));
  json::append_text(out, names.source_name(row.source));
  out += R"(,"source_key":)";
  json::append_text(out, row.source_key);
  out += R"(,"identifiers":[)";
  bool is_first = true;
  for (const Identifier& id : split_identifiers(row.identifiers)) {
    out += is_first ? "[" : ",[";
    is_first = false;
    json::append_text(out, id.kind);
    out += ',';
    json::append_text(out, id.value);
    out += ']';
  }
  out += fmt::format(R"(],"cause":{},"depth":{},"flags":{},"properties":)", row.cause.value, row.depth, row.flags);
  out += row.properties;
  out += '}';
}

void append_line(std::string& out, const LogRow& row, const Log& names) {
  constexpr size_t kShown = 100;
  std::string who(row.identifiers);
  for (char& c : who)
    if (c == '\n') c = ' ';
  std::string_view properties = row.properties.substr(0, kShown);
  out += fmt::format("{:>8}  {}  {:<12} {:<24} {}  {}{}", row.seq.value, to_rfc3339(row.occurred_at),
                     names.source_name(row.source), names.kind_name(row.kind), who, to_utf8(properties),
                     properties.size() < row.properties.size() ? "…" : "");
}

}  // namespace cairn::events
