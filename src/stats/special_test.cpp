// Goldens are from 40-digit arithmetic on the exact doubles given, unless a table is named.
#include "stats/special.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cairn::stats {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

void expect_close(double got, double want, double relative = 1e-12) {
  EXPECT_NEAR(got, want, relative * std::abs(want)) << "relative error " << std::abs(got / want - 1);
}

TEST(Special, incomplete_gamma_goldens) {
  struct Row {
    double a, x, p, q;
  };
  for (Row r :
       {Row{0.5, 0.25, 0.52049987781304654, 0.47950012218695346}, Row{1, 1, 0.63212055882855768, 0.36787944117144232},
        Row{3, 2, 0.32332358381693654, 0.67667641618306346}, Row{10, 3, 1.1024881301154797e-3, 0.99889751186988452},
        Row{10, 20, 0.99500458769169241, 4.9954123083075872e-3}, Row{100, 90, 0.15822098918643017, 0.84177901081356983},
        Row{100, 130, 0.99724959163269347, 2.7504083673065263e-3},
        Row{10000.0, 10100.0, 0.84134875044717962, 0.15865124955282038},
        Row{0.01, 1e-05, 0.8963367982671972, 0.1036632017328028},
        Row{1000000.0, 998000.0, 0.022696114006736803, 0.9773038859932632}}) {
    SCOPED_TRACE(testing::Message() << "a " << r.a << " x " << r.x);
    expect_close(gamma_p(r.a, r.x), r.p);
    expect_close(gamma_q(r.a, r.x), r.q);
  }
  expect_close(gamma_q(5, 80), 3.2402154044225048e-29);
  expect_close(gamma_q(0.5, 300), 1.6741679846917878e-132);
  EXPECT_EQ(gamma_p(2, 0), 0);
  EXPECT_EQ(gamma_q(2, kInf), 0);
}

TEST(Special, incomplete_beta_goldens) {
  struct Row {
    double a, b, x, i;
  };
  for (Row r : {Row{0.5, 0.5, 0.3, 0.36901011956554538}, Row{2, 3, 0.4, 0.5248}, Row{10, 1, 0.9, 0.34867844010000009},
                Row{5, 0.5, 0.99, 0.7571581091015624}, Row{200, 300, 0.42, 0.8196010664172663},
                Row{0.1, 50, 0.001, 0.77490718360952188}, Row{1000, 1000, 0.45, 3.6831988690075783e-6}}) {
    SCOPED_TRACE(testing::Message() << "a " << r.a << " b " << r.b << " x " << r.x);
    expect_close(beta_i(r.a, r.b, r.x), r.i);
  }
  EXPECT_EQ(beta_i(2, 3, 0), 0);
  EXPECT_EQ(beta_i(2, 3, 1), 1);
}

TEST(Special, normal_goldens) {
  expect_close(normal_quantile(0.975), 1.9599639845400539, 1e-15);
  expect_close(normal_quantile(0.95), 1.6448536269514723, 1e-15);
  expect_close(normal_quantile(0.995), 2.5758293035489005, 1e-15);
  expect_close(normal_quantile(0.6), 0.25334710313579974, 1e-15);
  expect_close(normal_quantile(0.25), -0.67448975019608174, 1e-15);
  expect_close(normal_quantile(1e-10), -6.3613409024040562, 1e-15);
  expect_close(normal_quantile(1e-100), -21.273453560965324, 1e-15);
  EXPECT_EQ(normal_quantile(0.5), 0);
  EXPECT_EQ(normal_quantile(0), -kInf);
  EXPECT_EQ(normal_quantile(1), kInf);
  expect_close(normal_cdf(1.959963984540054), 0.975, 1e-15);
  expect_close(two_sided_p(-1.959963984540054), 0.05, 1e-14);
}

TEST(Special, student_goldens) {
  struct Row {
    double p, df, t;
  };
  for (Row r :
       {Row{0.975, 1, 12.706204736174693}, Row{0.975, 2, 4.3026527297494618}, Row{0.975, 10, 2.2281388519862742},
        Row{0.975, 255, 1.9693105698498748}, Row{0.975, 1e6, 1.9599663568141067}, Row{0.9, 3, 1.6377443536962103},
        Row{0.6, 5, 0.26718086570414507}, Row{0.975, 0.5, 164.55767348048824}}) {
    SCOPED_TRACE(testing::Message() << "p " << r.p << " df " << r.df);
    expect_close(t_quantile(r.p, r.df), r.t);
    expect_close(t_quantile(1 - r.p, r.df), -r.t, 1e-11);
  }
  expect_close(t_quantile(0.9999999999, 4), 416.17513172081752, 1e-12);
  expect_close(t_cdf(-1.9599663568141067, 1e6), 0.025);
  expect_close(t_cdf(2, 10), 0.96330598261462982);
  expect_close(t_cdf(-3, 7), 9.971063065996269e-3);
  EXPECT_EQ(t_quantile(0.5, 3), 0);
  EXPECT_EQ(t_quantile(1, 3), kInf);
  expect_close(t_quantile(0.975, 1e16), 1.9599639845400539);
}

TEST(Special, chi_square_and_inverse_gamma_goldens) {
  expect_close(chi_square_quantile(0.95, 1), 3.8414588206941245);
  expect_close(chi_square_quantile(0.025, 2), 0.050635615968579754);
  expect_close(chi_square_quantile(0.975, 20), 34.169606902838337);
  expect_close(chi_square_quantile(0.5, 100), 99.334129235988456);
  expect_close(chi_square_quantile(0.95, 0.1), 0.531864604851682);
  expect_close(chi_square_quantile(1e-8, 3), 1.1223330973050008e-5);
  expect_close(gamma_p_inverse(0.01, 0.3), 2.9174171917458686e-53);
  expect_close(gamma_p_inverse(0.3, 1e-20), 1.502222481645821e-67);
  expect_close(gamma_p_inverse(1e5, 0.025), 99381.152663744731);
  expect_close(gamma_p_inverse(7, 1e-12), 0.065796558996442306);
  EXPECT_EQ(gamma_p_inverse(3, 0), 0);
  EXPECT_EQ(gamma_q_inverse(3, 0), kInf);
  expect_close(chi_square_cdf(3.8414588206941245, 1) + chi_square_tail(3.8414588206941245, 1), 1);
}

TEST(Special, inverse_beta_goldens) {
  expect_close(beta_i_inverse(2, 3, 0.1), 0.14255931671003072);
  expect_close(beta_i_inverse(0.5, 0.5, 0.01), 2.4671981713422151e-4);
  expect_close(beta_i_inverse(50, 70, 0.975), 0.50566171900755972);
  expect_close(beta_i_inverse(1, 200, 0.5), 3.4597371721321658e-3);
  EXPECT_EQ(beta_i_inverse(2, 2, 0), 0);
  EXPECT_EQ(beta_i_inverse(2, 2, 1), 1);
}

TEST(Special, binomial_goldens) {
  expect_close(binomial_cdf(3, 10, 0.5), 0.171875);
  expect_close(binomial_cdf(50, 200, 0.3), 0.069545279853444106);
  EXPECT_EQ(binomial_cdf(-1, 10, 0.5), 0);
  EXPECT_EQ(binomial_cdf(10, 10, 0.5), 1);
  EXPECT_EQ(binomial_cdf(0, 10, 0), 1);
  EXPECT_EQ(binomial_cdf(9, 10, 1), 0);
}

TEST(Special, nan_gives_nan) {
  EXPECT_TRUE(std::isnan(log_gamma(kNotANumber)));
  EXPECT_TRUE(std::isnan(gamma_p(kNotANumber, 1)));
  EXPECT_TRUE(std::isnan(gamma_q_inverse(1, kNotANumber)));
  EXPECT_TRUE(std::isnan(beta_i(1, kNotANumber, 0.5)));
  EXPECT_TRUE(std::isnan(normal_quantile(kNotANumber)));
  EXPECT_TRUE(std::isnan(t_quantile(kNotANumber, 3)));
}

// Every inverse undoes its function over eight orders of magnitude of shape and down to probabilities of 1e-30.
TEST(SpecialProperty, inverses_undo) {
  Random chance(11);
  for (int i = 0; i < 4000; ++i) {
    double a = std::pow(10, -2 + 8 * chance.uniform());
    double b = std::pow(10, -1 + 5 * chance.uniform());
    double p = chance.chance(0.5) ? chance.uniform() : std::pow(10, -30 * chance.uniform());
    SCOPED_TRACE(testing::Message() << "a " << a << " b " << b << " p " << p);
    // A relative error of x is multiplied by the slope of ln P in ln x, which the far tails of a large shape make big.
    double slack = 1e-12 * (30 + std::sqrt(a) * 15);
    double x = gamma_p_inverse(a, p);
    if (x > 1e-290) expect_close(gamma_p(a, x), p, slack);
    double x_upper = gamma_q_inverse(a, p);
    if (x_upper > 1e-290) expect_close(gamma_q(a, x_upper), p, slack);
    double df = std::max(0.2, a);
    // P(T ≤ t) = p by the lower tail, which keeps the digits of a small p.
    if (p < 0.5) expect_close(t_cdf(t_quantile(p, df), df), p, slack);
    double y = beta_i_inverse(a, b, p);
    if (y > 1e-290 && y < 0.9) expect_close(beta_i(a, b, y), p, 1e-12 * (30 + 15 * std::sqrt(a + b)));
  }
}

// Where Student's t passes from one method to the other, the two meet.
TEST(SpecialProperty, student_methods_meet) {
  for (double p : {0.6, 0.9, 0.92}) {
    expect_close(t_quantile(p, 2001) - t_quantile(p, 1999), t_quantile(p, 1999) - t_quantile(p, 1997), 5e-3);
  }
}

TEST(SpecialProperty, tails_add_to_one_and_rise) {
  Random chance(12);
  for (int i = 0; i < 2000; ++i) {
    double a = std::pow(10, -2 + 7 * chance.uniform());
    double x = a * std::exp(chance.normal(0, 1));
    EXPECT_NEAR(gamma_p(a, x) + gamma_q(a, x), 1, 1e-14);
    EXPECT_LE(gamma_p(a, x), gamma_p(a, x * 1.01) + 1e-14);
    double u = chance.uniform();
    double b = 1 + 100 * chance.uniform();
    EXPECT_NEAR(beta_i(a, b, u) + beta_i(b, a, 1 - u), 1, 1e-9);
  }
}

}  // namespace
}  // namespace cairn::stats
