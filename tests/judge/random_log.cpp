#include <algorithm>

#include "judge/random_query.h"

namespace cairn::judge {
namespace {

using query::Property;
using query::PropertyType;

class Writer {
 public:
  Writer(Random& random, const Vocabulary& words) : random_(random), words_(words) {}

  json::Object properties(const query::Kind& kind) {
    json::Object out;
    for (const Property& p : kind.properties) {
      bool used = std::find(words_.properties.begin(), words_.properties.end(), p.name) != words_.properties.end();
      if (used && random_.chance(0.8)) out[p.name] = value(p);
    }
    if (random_.chance(0.05)) out["currency"] = random_.chance(0.5) ? "USD" : "eur";
    return out;
  }

 private:
  json::Value value(const Property& p) {
    if (random_.chance(0.04)) return odd();
    if (p.name.ends_with("_id")) return json::String(std::to_string(random_.between(1, 4)));
    if (!p.declared) return random_.chance(0.5) ? json::Value(random_.between(-2, 9)) : odd();
    switch (p.type) {
      case PropertyType::integer: return random_.between(-2, 40);
      case PropertyType::number: return number();
      case PropertyType::money: return money();
      case PropertyType::boolean: return random_.chance(0.5);
      case PropertyType::time: return json::String(to_rfc3339({random_.between(words_.from.micros, words_.to.micros)}));
      case PropertyType::list: return list(p);
      default: return word();
    }
  }

  json::Value word() { return json::String(words_.texts[random_.below(words_.texts.size())]); }
  json::Value number() {
    return random_.chance(0.7) ? json::Value(random_.between(0, 10)) : json::Value(random_.uniform() * 20 - 5);
  }
  json::Value money() {
    int64_t minor = random_.between(-200, 15'000);
    if (random_.chance(0.3)) return json::String(to_decimal(minor, words_.currency));
    return static_cast<double>(minor) / 100;
  }
  json::Value list(const Property& p) {
    json::Array out;
    for (uint64_t n = random_.below(4); n > 0; --n) {
      if (p.items.empty() || random_.chance(0.1)) {
        out.push_back(odd());
        continue;
      }
      json::Object object;
      for (const Property& item : p.items)
        if (random_.chance(0.5)) object[item.name] = value(item);
      out.push_back(std::move(object));
    }
    return out;
  }
  json::Value odd() {
    switch (random_.below(7)) {
      case 0: return nullptr;
      case 1: return true;
      case 2: return json::String("12");
      case 3: return json::String("");
      case 4: return 0.5;
      case 5: return json::Array{1, "a"};
      default: return json::String("a");
    }
  }

  Random& random_;
  const Vocabulary& words_;
};

}  // namespace

std::vector<Row> random_log(Random& random, const Vocabulary& words, const LogOptions& options) {
  std::vector<Row> out;
  Writer writer(random, words);
  Duration length = words.to - words.from;
  for (int customer = 1; customer <= options.customers; ++customer)
    for (uint64_t n = random.below(static_cast<uint64_t>(options.events) + 1); n > 0; --n) {
      Row row;
      row.customer = CustomerId{customer};
      row.stream = words.streams[random.below(words.streams.size())];
      // On whole hours, so that times tie and meet the boundaries of windows.
      int64_t hours_in = length.micros / hours(1).micros;
      row.occurred_at = words.from + hours(random.between(0, options.ahead ? hours_in + hours_in / 10 : hours_in));
      row.known_at = row.occurred_at;
      if (options.late && random.chance(0.2)) row.known_at = row.occurred_at + hours(random.between(0, 300));
      if (options.late && random.chance(0.3)) row.source = 2, row.precedence = random.chance(0.5) ? 50 : 100;
      row.properties = writer.properties(*words.catalogue->find_stream(row.stream));
      out.push_back(std::move(row));
    }
  // The log's order is none of time, and customers stand mixed in it.
  for (size_t i = out.size(); i > 1; --i) std::swap(out[i - 1], out[random.below(i)]);
  for (size_t i = 0; i < out.size(); ++i) out[i].seq = Seq{static_cast<int64_t>(i) + 1};
  return out;
}

}  // namespace cairn::judge
