#include "json/codec.h"
#include "report/report.h"

namespace cairn::json {

// By hand: `do` is a word of C++.
template <>
struct Codec<report::StepPart> {
  static Value encode(const report::StepPart& s) {
    Object out;
    auto put = [&](std::string_view key, const auto& value) { out.emplace(key, json::encode(value)); };
    put("do", s.do_);
    put("level", s.level);
    put("measure", s.measure);
    put("name", s.name);
    put("text", s.text);
    put("from", s.from);
    put("to", s.to);
    put("gain", s.gain);
    put("customers", s.customers);
    put("value", s.value);
    return out;
  }
};

}  // namespace cairn::json

namespace cairn::report {
namespace {

json::Value value_of(const Report& report) {
  json::Object measures;
  for (const MeasurePart& m : report.measures) measures.emplace(m.key, json::encode(m));
  json::Object out;
  out.emplace("brand", json::encode(report.brand));
  out.emplace("period", json::encode(report.period));
  out.emplace("counts", json::encode(report.counts));
  out.emplace("money", json::encode(report.money));
  out.emplace("pyramid", json::encode(report.pyramid));
  out.emplace("measures", std::move(measures));
  out.emplace("lateness", json::encode(report.lateness));
  return out;
}

}  // namespace

std::string to_json(const Report& report) { return json::serialize(value_of(report)); }
std::string to_pretty_json(const Report& report) { return json::pretty(value_of(report)); }

}  // namespace cairn::report
