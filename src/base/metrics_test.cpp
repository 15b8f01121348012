#include "base/metrics.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(Metrics, prints_prometheus_text) {
  Metrics metrics;
  metrics.counter("requests_total", "Requests", "route=\"/a\"").add(2);
  metrics.counter("requests_total", "Requests", "route=\"/a\"").add();
  metrics.gauge("waiting", "Waiting").set(-4);
  EXPECT_EQ(metrics.text(),
            "# HELP requests_total Requests\n# TYPE requests_total counter\nrequests_total{route=\"/a\"} 3\n"
            "# HELP waiting Waiting\n# TYPE waiting gauge\nwaiting -4\n");
}

TEST(Metrics, histogram_steps_add_up) {
  Metrics metrics;
  Histogram& histogram = metrics.histogram("seconds", "Took", "a=\"b\"");
  for (double s : {0.0001, 0.004, 0.004, 60.0}) histogram.observe(s);
  std::string text = metrics.text();
  for (std::string_view line :
       {"seconds_bucket{a=\"b\",le=\"0.0005\"} 1\n", "seconds_bucket{a=\"b\",le=\"0.0025\"} 1\n",
        "seconds_bucket{a=\"b\",le=\"0.005\"} 3\n", "seconds_bucket{a=\"b\",le=\"10\"} 3\n",
        "seconds_bucket{a=\"b\",le=\"+Inf\"} 4\n", "seconds_count{a=\"b\"} 4\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

TEST(Metrics, escapes_labels) { EXPECT_EQ(metric_label("say \"hi\"\n\\"), "say \\\"hi\\\" \\\\"); }

TEST(MetricsDeathTest, one_name_has_one_type) {
  Metrics metrics;
  metrics.counter("a", "");
  EXPECT_DEATH(metrics.gauge("a", ""), "is a counter");
}

}  // namespace
}  // namespace cairn
