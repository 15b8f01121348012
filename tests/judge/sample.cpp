#include "judge/sample.h"

#include "base/check.h"
#include "base/text.h"
#include "events/kinds.h"
#include "query/parser.h"
#include "query/reference.h"

namespace cairn::judge {

Brand sample_brand() {
  Brand brand;
  brand.catalogue = &events::declared_kinds();
  brand.currency = Currency::parse("EUR").value();
  return brand;
}

Time moment(std::string_view text) { return parse_moment(text, Zone()).value(); }

Row& add(std::vector<Row>& rows, std::string stream, std::string_view at, std::string_view properties,
         int64_t customer) {
  Row row;
  row.seq = Seq{static_cast<int64_t>(rows.size()) + 1};
  row.customer = CustomerId{customer};
  row.stream = std::move(stream);
  row.occurred_at = row.known_at = moment(at);
  row.properties = json::parse_object(properties).value();
  return rows.emplace_back(std::move(row));
}

std::vector<Row> sample_rows() {
  std::vector<Row> rows;
  for (const query::SampleEvent& e : query::sample_events()) add(rows, to_snake(e.kind), e.occurred_at, e.properties);
  return rows;
}

query::Checked ask(std::string_view text, const Brand& brand, const std::vector<std::string>& event_streams) {
  auto parsed = query::parse(text);
  CHECK(parsed, "{}: {}", text, query::to_error(parsed.error(), text).message);
  query::CheckOptions options;
  options.currency = brand.currency;
  if (!event_streams.empty()) options.event_streams = event_streams;
  auto checked = query::check(std::move(*parsed), *brand.catalogue, options);
  CHECK(checked, "{}: {}", text, query::to_error(checked.error(), text).message);
  return std::move(*checked);
}

}  // namespace cairn::judge
