#include "base/metrics.h"

#include <fmt/format.h>

#include "base/check.h"

namespace cairn {
namespace {

std::string series(std::string_view name, std::string_view labels) {
  return labels.empty() ? std::string(name) : fmt::format("{}{{{}}}", name, labels);
}

template <class T>
T& ensure(std::map<std::string, std::unique_ptr<T>>& all, std::string_view labels) {
  std::unique_ptr<T>& slot = all[std::string(labels)];
  if (!slot) slot = std::make_unique<T>();
  return *slot;
}

}  // namespace

void Histogram::observe(double seconds) {
  for (size_t i = 0; i < std::size(kSteps); ++i) {
    if (seconds > kSteps[i]) continue;
    buckets_[i].fetch_add(1, std::memory_order_relaxed);
    break;
  }
  count_.fetch_add(1, std::memory_order_relaxed);
  sum_micros_.fetch_add(static_cast<uint64_t>(seconds * 1e6), std::memory_order_relaxed);
}

Metrics::Family& Metrics::family(std::string_view name, std::string_view help, std::string_view type) {
  Family& family = families_[std::string(name)];
  CHECK(family.type.empty() || family.type == type, "metric {} is a {}", name, family.type);
  family.type = type;
  family.help = help;
  return family;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, std::string_view labels) {
  std::lock_guard lock(mutex_);
  return ensure(family(name, help, "counter").counters, labels);
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, std::string_view labels) {
  std::lock_guard lock(mutex_);
  return ensure(family(name, help, "gauge").gauges, labels);
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, std::string_view labels) {
  std::lock_guard lock(mutex_);
  return ensure(family(name, help, "histogram").histograms, labels);
}

std::string Metrics::text() const {
  std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, family.help, name, family.type);
    for (const auto& [labels, counter] : family.counters)
      out += fmt::format("{} {}\n", series(name, labels), counter->value());
    for (const auto& [labels, gauge] : family.gauges)
      out += fmt::format("{} {}\n", series(name, labels), gauge->value());
    for (const auto& [labels, histogram] : family.histograms) {
      std::string_view comma = labels.empty() ? "" : ",";
      uint64_t below = 0;
      for (size_t i = 0; i < std::size(Histogram::kSteps); ++i) {
        below += histogram->buckets_[i].load(std::memory_order_relaxed);
        out += fmt::format("{}_bucket{{{}{}le=\"{}\"}} {}\n", name, labels, comma, Histogram::kSteps[i], below);
      }
      // The steps are read one after another while others count, so the whole may not be below their sum.
      uint64_t all = std::max(below, histogram->count());
      out += fmt::format("{}_bucket{{{}{}le=\"+Inf\"}} {}\n", name, labels, comma, all);
      out += fmt::format("{} {}\n", series(std::string(name) + "_sum", labels),
                         static_cast<double>(histogram->sum_micros_.load(std::memory_order_relaxed)) / 1e6);
      out += fmt::format("{} {}\n", series(std::string(name) + "_count", labels), all);
    }
  }
  return out;
}

std::string metric_label(std::string_view value) {
  std::string out;
  for (char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

}  // namespace cairn
