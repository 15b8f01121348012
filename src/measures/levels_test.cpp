#include "measures/levels.h"

#include <gtest/gtest.h>

namespace cairn::measures {
namespace {

Figure figure(Key key, double value, bool is_enough = true) {
  Figure f;
  f.key = key;
  f.n = is_enough ? 1000 : 3;
  f.is_enough = is_enough;
  if (is_enough) f.value = value;
  return f;
}

Pyramid pyramid(std::vector<Figure> figures) { return build_pyramid(figures, {}, {}); }

TEST(Levels, PointsAreClampedBetweenFloorAndTarget) {
  const Definition& csat = definition(Key::order_csat);  // 0.60 → 0.92
  EXPECT_DOUBLE_EQ(points_of(csat, 0.76), 0.5);
  EXPECT_EQ(points_of(csat, 0.2), 0);
  EXPECT_EQ(points_of(csat, 0.99), 1);
  const Definition& reply = definition(Key::first_reply_hours);  // 24 → 1, down is better
  EXPECT_DOUBLE_EQ(points_of(reply, 12.5), 0.5);
  EXPECT_EQ(points_of(reply, 48), 0);
  EXPECT_EQ(points_of(reply, 0.2), 1);
}

TEST(Levels, NoneMeasured) {
  Pyramid p = pyramid({figure(Key::order_csat, 0, false)});
  EXPECT_EQ(p.altitude, 0);
  EXPECT_EQ(p.measured, 0);
  EXPECT_FALSE(p.low);
  EXPECT_FALSE(p.levels[2].score);
  EXPECT_EQ(p.next.size(), 6u);
  for (const Step& s : p.next) EXPECT_EQ(s.kind, Step::Kind::connect);
}

// Level 3: (3·0.5 + 2·1)/5 = 70; level 4: only repeat at 0.275 of 0.10–0.45: 50. g = 1, 5/7: altitude 1.714….
TEST(Levels, TwoMeasuredLevels) {
  Pyramid p =
      pyramid({figure(Key::order_csat, 0.76), figure(Key::on_time, 0.99), figure(Key::repeat_purchase_rate, 0.275)});
  ASSERT_TRUE(p.levels[2].score && p.levels[3].score);
  EXPECT_NEAR(*p.levels[2].score, 70, 1e-9);
  EXPECT_NEAR(*p.levels[3].score, 50, 1e-9);
  EXPECT_NEAR(p.levels[2].weight_measured, 5.0 / 9, 1e-9);
  EXPECT_NEAR(p.levels[3].weight_measured, 2.0 / 11, 1e-9);
  EXPECT_EQ(p.measured, 2);
  EXPECT_NEAR(p.altitude, 1 + 50.0 / 70, 1e-9);
  EXPECT_FALSE(p.levels[0].score);
}

// Level 2 at 7 points: g₁ = 0.1; above it all at target. altitude = 0.1 + 0.1·1 + 0.1·1·1.
TEST(Levels, ABrokenBaseCapsEverything) {
  Pyramid p = pyramid({figure(Key::sla_met, 0.7196), figure(Key::order_csat, 0.95), figure(Key::retention, 0.6)});
  EXPECT_NEAR(*p.levels[1].score, 7, 1e-6);
  EXPECT_NEAR(p.altitude, 0.3, 1e-6);
  ASSERT_FALSE(p.next.empty());
  EXPECT_EQ(p.next.front().measure, Key::sla_met);
  EXPECT_NEAR(*p.next.front().gain, 2.7, 1e-6) << "mended, all three levels stand";
  EXPECT_EQ(*p.next.front().to, 0.98);
}

TEST(Levels, AllAtTarget) {
  std::vector<Figure> figures;
  for (const Definition& d : definitions())
    if (d.has_level()) figures.push_back(figure(d.key, d.target));
  Pyramid p = pyramid(figures);
  EXPECT_EQ(p.altitude, 5) << "five of six levels can be measured";
  EXPECT_EQ(p.levels[0].weight_measured, 1);
  ASSERT_EQ(p.next.size(), 1u) << "nothing to improve, one level to connect";
  EXPECT_EQ(p.next.front().level, 5);
}

TEST(Levels, MeasuresAreListedWithOrWithoutData) {
  Pyramid p = pyramid({});
  EXPECT_EQ(p.levels[2].measures, (std::vector<Key>{Key::order_csat, Key::on_time, Key::return_rate_orders,
                                                    Key::need_met, Key::gesture_csat}));
  EXPECT_TRUE(p.levels[4].measures.empty());
}

// One measure, order CSAT 0.76 over four groups; without one of them 0.72, 0.76, 0.76, 0.80. Altitude = points/0.7:
// 0.375/0.7, 0.5/0.7 twice, 0.625/0.7; SE = sqrt(3/4 · 2 · (0.125/0.7)²); t(3) = 3.182446.
TEST(Levels, IntervalOfTheAltitudeIsTheJackknife) {
  std::vector<Figure> figures{figure(Key::order_csat, 0.76)};
  std::vector<int64_t> sizes{5, 5, 0, 5, 5};
  Pyramid p = build_pyramid(figures, {{0.72, 0.76, 0.76, 0.76, 0.80}}, sizes);
  double half = 3.182446 * std::sqrt(0.75 * 2) * 0.125 / 0.7;
  EXPECT_NEAR(p.altitude, 0.5 / 0.7, 1e-9);
  EXPECT_NEAR(*p.low, std::max(0.0, 0.5 / 0.7 - half), 1e-5);
  EXPECT_NEAR(*p.high, 1, 1e-9) << "clipped to the measured levels";
}

}  // namespace
}  // namespace cairn::measures
