#include "query/reference.h"

#include <array>

#include "json/describe.h"
#include "query/entities.h"
#include "query/limits.h"
#include "query/words.h"

namespace cairn::query {
namespace {

constexpr std::array kSample = {
    SampleEvent{"Customer Updated", "2025-12-20T10:00:00Z", R"({"country": "FR", "birthday": "1990-03-02"})"},
    SampleEvent{"Product Viewed", "2026-01-01T05:00:00Z", R"({"sku": "T1"})"},
    SampleEvent{"Order Completed", "2026-01-01T06:00:00Z",
                R"({"order_id": "1", "total": 40, "channel": "web", "products": [{"sku": "T1", "category": "tea"}]})"},
    SampleEvent{"Order Delivered", "2026-01-05T10:00:00Z", R"({"order_id": "1"})"},
    SampleEvent{"Order Completed", "2026-02-10T15:00:00Z", R"({"order_id": "2", "total": 35, "channel": "app"})"},
    SampleEvent{"Order Delivered", "2026-02-12T09:00:00Z", R"({"order_id": "2"})"},
    SampleEvent{"Survey Answered", "2026-02-13T18:00:00Z", R"({"survey": "nps", "score": 9})"},
    SampleEvent{"Order Refunded", "2026-02-20T11:00:00Z", R"({"order_id": "2", "total": 5})"},
    SampleEvent{"Product Viewed", "2026-03-22T00:00:00Z", R"({"sku": "C7"})"},
    SampleEvent{"Order Completed", "2026-03-22T06:00:00Z", R"({"order_id": "3", "total": "46.50", "channel": "web"})"},
    SampleEvent{"Ticket Opened", "2026-03-23T09:00:00Z", R"({"ticket_id": "8", "severity": "high", "order_id": "3"})"},
    SampleEvent{"Order Cancelled", "2026-03-24T08:00:00Z", R"({"order_id": "3", "by": "customer"})"},
    SampleEvent{"Ticket Solved", "2026-03-24T08:05:00Z", R"({"ticket_id": "8"})"},
    SampleEvent{"Survey Answered", "2026-03-25T12:00:00Z", R"({"survey": "nps", "score": 4})"},
    SampleEvent{"Product Viewed", "2026-03-31T08:00:00Z", R"({"sku": "C7"})"},
};

/// Text for a cell of a table: a bar would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

void add_sample(std::string& out) {
  out +=
      "\n## The customer of the examples\n\n"
      "Every example below is asked of this customer, as of 2026-03-31T12:00:00Z, of a brand with EUR and UTC; the "
      "segment "
      "\"buyers\" is `exists(orders)`.\n\n| when | event | properties |\n|---|---|---|\n";
  for (const SampleEvent& e : kSample)
    out += fmt::format("| {} | {} | {} |\n", e.occurred_at, e.kind, code(e.properties));
}

void add_group(std::string& out, std::string_view title, Group group) {
  out += fmt::format("\n## {}\n\n", title);
  bool typed = group != Group::window && group != Group::question;
  bool worked = group != Group::question;
  out += typed ? "| write | takes → gives | " : "| write | ";
  out += worked ? "meaning | example | gives |\n" : "meaning | example |\n";
  out += typed ? "|---|---|---|" : "|---|---|";
  out += worked ? "---|---|\n" : "---|\n";
  for (const WordInfo& w : all_words()) {
    if (w.group != group) continue;
    out += fmt::format("| {} | ", code(w.form));
    if (typed) out += fmt::format("{} | ", cell(w.signature));
    out += cell(w.doc);
    out += fmt::format(" | {}", code(w.example));
    if (worked) out += fmt::format(" | {}", code(w.result));
    out += " |\n";
  }
}

void add_entities(std::string& out) {
  out += "\n## Entities\n\nFields marked *step* are moments that can be named as the entity's time.\n";
  for (const Entity& e : declared_entities()) {
    out += fmt::format("\n### {}\n\n{} Time: `{}`.", e.name, e.doc, e.creation().name);
    if (e.without_key) out += fmt::format(" A creating event without `{}` is one of its own.", e.key);
    out += "\n\n| field | type | |\n|---|---|---|\n";
    for (const Field& f : e.fields)
      out += fmt::format("| `{}` | {} | {} |\n", f.name,
                         f.is_step ? "time, step" : std::string(json::enum_name(f.type)), cell(f.doc));
  }
}

std::string source_of(const Attribute& a) {
  switch (a.rule) {
    case AttributeRule::last_known: return fmt::format("the last known `{}` of `{}`", a.property, a.stream);
    case AttributeRule::first_at: return fmt::format("the first `{}`", a.stream);
    case AttributeRule::balance:
      return fmt::format("the sum of `{0}` of `{1}` less that of `{2}`; unknown before the first of either", a.property,
                         a.stream, a.minus_stream);
    case AttributeRule::first_seen: return "the first event of any kind";
    case AttributeRule::last_seen: return "the last event of any kind";
  }
  return {};
}

void add_attributes(std::string& out) {
  out += "\n## Attributes\n\n| attribute | type | is |\n|---|---|---|\n";
  for (const Attribute& a : declared_attributes())
    out += fmt::format("| `{}.{}` | {} | {} |\n", a.scope, a.name, json::enum_name(a.type), source_of(a));
}

void add_limits(std::string& out) {
  out += fmt::format(
      "\n## Limits\n\nA query has at most {} bytes, {} parts, {} levels; a sequence or funnel {} steps; `values` {} "
      "columns; an answer {} ways to break it down; a path {} events after its first; `retention` {} periods.\n\n",
      kMaxQueryBytes, kMaxNodes, kMaxDepth, kMaxSteps, kMaxColumns, kMaxDimensions, kMaxPathDepth,
      kMaxRetentionPeriods);
}

}  // namespace

std::span<const SampleEvent> sample_events() { return kSample; }

std::string generated_reference() {
  std::string out(kReferenceBegins);
  out += '\n';
  add_sample(out);
  add_group(out, "Operators, loosest first", Group::operation);
  add_group(out, "Functions", Group::function);
  add_group(out, "Aggregates over one customer's events", Group::aggregate);
  add_group(out, "Sequences", Group::sequence);
  add_group(out, "Windows", Group::window);
  add_group(out, "Questions", Group::question);
  add_group(out, "Aggregates of `series` alone", Group::series);
  add_entities(out);
  add_attributes(out);
  add_limits(out);
  out += kReferenceEnds;
  return out;
}

}  // namespace cairn::query
