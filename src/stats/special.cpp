#include "stats/special.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/check.h"

namespace cairn::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kTiny = 1e-300;
constexpr int kMaxSteps = 2'000'000;

// Loader, "Fast and accurate computation of binomial probabilities" (2000): ln n! less Stirling's formula.
double stirling_error(double n) {
  if (n < 16) return log_gamma(n + 1) - (n + 0.5) * std::log(n) + n - 0.5 * std::log(2 * std::numbers::pi);
  double s = 1 / (n * n);
  double tail = 1.0 / 1188 - s * (691.0 / 360360 - s * (1.0 / 156 - s * 3617.0 / 122400));
  return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * tail)))) / n;
}

// The same paper: x·ln(x/m) + m − x. Near x = m the series keeps the digits that the plain form loses.
double deviance(double x, double m) {
  if (std::abs(x - m) > 0.1 * (x + m)) return x * std::log(x / m) + m - x;
  double v = (x - m) / (x + m);
  double sum = (x - m) * v;
  double term = 2 * x * v;
  for (int j = 1; j < 1000; ++j) {
    term *= v * v;
    double next = sum + term / (2 * j + 1);
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

// x^a·e^−x/Γ(a+1).
double gamma_factor(double a, double x) {
  if (x < kTiny || a < 1e-5) return std::exp(a * std::log(x) - x - log_gamma(a + 1));
  return std::exp(-stirling_error(a) - deviance(a, x)) / std::sqrt(2 * std::numbers::pi * a);
}

// Only for x < a + 1, where every term is positive and they shrink.
double gamma_p_series(double a, double x) {
  double term = 1;
  double sum = 1;
  for (int i = 1; i < kMaxSteps && term > sum * kEpsilon / 4; ++i) {
    term *= x / (a + i);
    sum += term;
  }
  return std::min(1.0, gamma_factor(a, x) * sum);
}

double gamma_q_fraction(double a, double x) {
  double b = x + 1 - a;
  double c = 1 / kTiny;
  double d = 1 / b;
  double h = d;
  for (int i = 1; i < kMaxSteps; ++i) {
    double an = -i * (i - a);
    b += 2;
    d = an * d + b;
    if (std::abs(d) < kTiny) d = kTiny;
    c = b + an / c;
    if (std::abs(c) < kTiny) c = kTiny;
    d = 1 / d;
    double delta = d * c;
    h *= delta;
    if (std::abs(delta - 1) < kEpsilon) break;
  }
  return std::min(1.0, gamma_factor(a, x) * a * h);
}

// x^a·y^b/B(a, b) with y = 1 − x given apart, so that neither loses digits near 1.
double beta_factor(double a, double b, double x, double y) {
  if (x < kTiny || y < kTiny || std::min(a, b) < 1e-5) {
    return std::exp(a * std::log(x) + b * std::log(y) - log_beta(a, b));
  }
  double n = a + b;
  double power = stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
  return std::exp(power) * std::sqrt(a * (b / n) / (2 * std::numbers::pi));
}

double beta_fraction(double a, double b, double x) {
  double c = 1;
  double d = 1 - (a + b) * x / (a + 1);
  d = 1 / (std::abs(d) < kTiny ? kTiny : d);
  double h = d;
  auto step = [&](double an) {
    d = 1 + an * d;
    d = 1 / (std::abs(d) < kTiny ? kTiny : d);
    c = 1 + an / c;
    if (std::abs(c) < kTiny) c = kTiny;
    h *= d * c;
    return d * c;
  };
  for (int m = 1; m < kMaxSteps; ++m) {
    double even = a + 2 * m;
    step(m * (b - m) * x / ((even - 1) * even));
    double delta = step(-(a + m) * (a + b + m) * x / (even * (even + 1)));
    if (std::abs(delta - 1) < kEpsilon) break;
  }
  return h;
}

struct Tails {
  double lower;
  double upper;
};

Tails beta_tails(double a, double b, double x, double y) {
  if (x <= 0) return {0, 1};
  if (y <= 0) return {1, 0};
  double factor = beta_factor(a, b, x, y);
  if (x < (a + 1) / (a + b + 2)) {
    double lower = std::min(1.0, factor * beta_fraction(a, b, x) / a);
    return {lower, 1 - lower};
  }
  double upper = std::min(1.0, factor * beta_fraction(b, a, y) / b);
  return {1 - upper, upper};
}

// ln of a probability at u, and its derivative.
struct LogSlope {
  double value;
  double slope;
};

// The u where a monotone log-probability meets `target`. In log-log scale these curves are nearly straight in the
// tails and concave between, so Newton's steps converge from anywhere; the bracket holds them where a tail underflows.
template <class F>
double solve(double target, double u, bool rising, F f) {
  double low = -kInfinity;
  double high = kInfinity;
  double reach = 1;
  for (int i = 0; i < 300; ++i) {
    LogSlope at = f(u);
    double gap = at.value - target;
    if (gap == 0) return u;
    bool too_high = rising == (gap > 0);
    (too_high ? high : low) = u;
    double next = u - gap / at.slope;
    if (!std::isfinite(next) || next <= low || next >= high || std::abs(next - u) > 50) {
      bool open = low == -kInfinity || high == kInfinity;
      next = open ? u + (too_high ? -reach : reach) : low + (high - low) / 2;
      if (open) reach *= 2;
    }
    double moved = std::abs(next - u);
    u = next;
    if (moved <= kEpsilon * std::max(0.25, std::abs(u)) || high - low <= kEpsilon * std::abs(u)) break;
  }
  return u;
}

// Wilson and Hilferty (1931) where it is good, else the first term of the series.
double gamma_guess(double a, double z, double log_p) {
  double g = 1 - 1 / (9 * a) + z / (3 * std::sqrt(a));
  if (a > 0.5 && g > 0.2) return std::log(a) + 3 * std::log(g);
  return std::min((log_p + log_gamma(a + 1)) / a, std::log(a + 1 + 3 * std::abs(z)));
}

double solve_gamma(double a, double p, bool upper) {
  double z = std::clamp(normal_quantile(p), -38.0, 38.0);
  double log_lower = upper ? std::log1p(-p) : std::log(p);
  double u = solve(std::log(p), gamma_guess(a, upper ? -z : z, log_lower), !upper, [&](double at) {
    double x = std::exp(at);
    double density = gamma_factor(a, x) * a;
    double value = upper ? gamma_q(a, x) : gamma_p(a, x);
    return LogSlope{std::log(value), (upper ? -density : density) / value};
  });
  return std::exp(u);
}

// Log-odds of x with I_x(a, b) = p, or with 1 − I = p.
double solve_beta(double a, double b, double p, bool upper) {
  return solve(std::log(p), std::log(a / b), !upper, [&](double at) {
    double x = 1 / (1 + std::exp(-at));
    double y = 1 / (1 + std::exp(at));
    Tails tails = beta_tails(a, b, x, y);
    double density = beta_factor(a, b, x, y);
    double value = upper ? tails.upper : tails.lower;
    return LogSlope{std::log(value), (upper ? -density : density) / value};
  });
}

// Student's quantile from the normal one, Abramowitz and Stegun 26.7.5, where what it leaves out is under 1e-14. With
// so many degrees the incomplete beta would stand close to x = 1, which a double cannot tell from 1 well enough.
bool nearly_normal(double t, double df) { return df > 2000 && t * t < 1e-3 * df; }

double t_from_normal(double z, double df) {
  double s = z * z;
  double first = (s + 1) / 4;
  double second = ((5 * s + 16) * s + 3) / 96;
  double third = (((3 * s + 19) * s + 17) * s - 15) / 384;
  return z * (1 + (first + (second + third / df) / df) / df);
}

double normal_from_t(double t, double df) {
  double z = t;
  for (int i = 0; i < 8; ++i) z -= (t_from_normal(z, df) - t) / (1 + (3 * z * z + 1) / (4 * df));
  return z;
}

// P(T ≥ t) for t ≥ 0. The two parts of 1 are given apart: with many degrees one of them is close to 1.
double t_tail(double t, double df) {
  if (nearly_normal(t, df)) return normal_cdf(-normal_from_t(t, df));
  double r = t / std::sqrt(df);
  if (r > 1e150) return 0.5 * beta_tails(df / 2, 0.5, 1 / r / r, 1).lower;
  return 0.5 * beta_tails(df / 2, 0.5, 1 / (1 + r * r), r * r / (1 + r * r)).lower;
}

double polynomial(const double (&c)[8], double r) {
  double sum = c[7];
  for (int i = 6; i >= 0; --i) sum = sum * r + c[i];
  return sum;
}

}  // namespace

double log_gamma(double x) {
  if (std::isnan(x)) return kNan;
  CHECK(x > 0, "log_gamma of {}", x);
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

double log_beta(double a, double b) { return log_gamma(a) + log_gamma(b) - log_gamma(a + b); }

double gamma_p(double a, double x) {
  if (std::isnan(a) || std::isnan(x)) return kNan;
  CHECK(a > 0 && x >= 0, "gamma_p({}, {})", a, x);
  if (x == 0) return 0;
  if (std::isinf(x)) return 1;
  return x < a + 1 ? gamma_p_series(a, x) : 1 - gamma_q_fraction(a, x);
}

double gamma_q(double a, double x) {
  if (std::isnan(a) || std::isnan(x)) return kNan;
  CHECK(a > 0 && x >= 0, "gamma_q({}, {})", a, x);
  if (x == 0) return 1;
  if (std::isinf(x)) return 0;
  return x < a + 1 ? 1 - gamma_p_series(a, x) : gamma_q_fraction(a, x);
}

double gamma_p_inverse(double a, double p) {
  if (std::isnan(a) || std::isnan(p)) return kNan;
  CHECK(a > 0 && p >= 0 && p <= 1, "gamma_p_inverse({}, {})", a, p);
  if (p == 0) return 0;
  if (p == 1) return kInfinity;
  return p <= 0.5 ? solve_gamma(a, p, false) : solve_gamma(a, 1 - p, true);
}

double gamma_q_inverse(double a, double q) {
  if (std::isnan(a) || std::isnan(q)) return kNan;
  CHECK(a > 0 && q >= 0 && q <= 1, "gamma_q_inverse({}, {})", a, q);
  if (q == 0) return kInfinity;
  if (q == 1) return 0;
  return q <= 0.5 ? solve_gamma(a, q, true) : solve_gamma(a, 1 - q, false);
}

double beta_i(double a, double b, double x) {
  if (std::isnan(a) || std::isnan(b) || std::isnan(x)) return kNan;
  CHECK(a > 0 && b > 0 && x >= 0 && x <= 1, "beta_i({}, {}, {})", a, b, x);
  return beta_tails(a, b, x, 1 - x).lower;
}

double beta_i_inverse(double a, double b, double p) {
  if (std::isnan(a) || std::isnan(b) || std::isnan(p)) return kNan;
  CHECK(a > 0 && b > 0 && p >= 0 && p <= 1, "beta_i_inverse({}, {}, {})", a, b, p);
  if (p == 0 || p == 1) return p;
  double odds = p <= 0.5 ? solve_beta(a, b, p, false) : solve_beta(a, b, 1 - p, true);
  return 1 / (1 + std::exp(-odds));
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double two_sided_p(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

double normal_quantile(double p) {
  static constexpr double kA[8] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                   1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                   3.3430575583588128105e4, 2.5090809287301226727e3};
  static constexpr double kB[8] = {1.0,
                                   4.2313330701600911252e1,
                                   6.8718700749205790830e2,
                                   5.3941960214247511077e3,
                                   2.1213794301586595867e4,
                                   3.9307895800092710610e4,
                                   2.8729085735721942674e4,
                                   5.2264952788528545610e3};
  static constexpr double kC[8] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                   3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                   2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double kD[8] = {1.0,
                                   2.05319162663775882187e0,
                                   1.67638483018380384940e0,
                                   6.89767334985100004550e-1,
                                   1.48103976427480074590e-1,
                                   1.51986665636164571966e-2,
                                   5.47593808499534494600e-4,
                                   1.05075007164441684324e-9};
  static constexpr double kE[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                   2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                   2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double kF[8] = {1.0,
                                   5.99832206555887937690e-1,
                                   1.36929880922735805310e-1,
                                   1.48753612908506148525e-2,
                                   7.86869131145613259100e-4,
                                   1.84631831751005468180e-5,
                                   1.42151175831644588870e-7,
                                   2.04426310338993978564e-15};
  if (std::isnan(p)) return kNan;
  CHECK(p >= 0 && p <= 1, "normal_quantile({})", p);
  if (p == 0 || p == 1) return p == 0 ? -kInfinity : kInfinity;
  double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  double r = std::sqrt(-std::log(q < 0 ? p : 1 - p));
  double z = r <= 5 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6) : polynomial(kE, r - 5) / polynomial(kF, r - 5);
  return q < 0 ? -z : z;
}

double chi_square_cdf(double x, double df) { return gamma_p(df / 2, x / 2); }
double chi_square_tail(double x, double df) { return gamma_q(df / 2, x / 2); }
double chi_square_quantile(double p, double df) { return 2 * gamma_p_inverse(df / 2, p); }

double t_cdf(double t, double df) {
  if (std::isnan(t) || std::isnan(df)) return kNan;
  CHECK(df > 0, "t_cdf with {} degrees of freedom", df);
  double tail = std::isinf(t) ? 0 : t_tail(std::abs(t), df);
  return t < 0 ? tail : 1 - tail;
}

double t_quantile(double p, double df) {
  if (std::isnan(p) || std::isnan(df)) return kNan;
  CHECK(df > 0 && p >= 0 && p <= 1, "t_quantile({}, {})", p, df);
  if (p == 0.5) return 0;
  double z = normal_quantile(p);
  if (std::isinf(z)) return z;
  if (nearly_normal(z, df)) return t_from_normal(z, df);
  double tail = std::min(p, 1 - p);
  double log_norm = -0.5 * std::log(df) - log_beta(df / 2, 0.5);
  double u = solve(std::log(tail), std::log(std::abs(z)), false, [&](double at) {
    double t = std::exp(at);
    double value = t_tail(t, df);
    double log_density = log_norm - 0.5 * (df + 1) * std::log1p(t / df * t);
    return LogSlope{std::log(value), -std::exp(log_density + at) / value};
  });
  return std::copysign(std::exp(u), z);
}

double binomial_cdf(double k, double n, double p) {
  if (std::isnan(k) || std::isnan(n) || std::isnan(p)) return kNan;
  CHECK(n >= 0 && p >= 0 && p <= 1, "binomial_cdf({}, {}, {})", k, n, p);
  k = std::floor(k);
  if (k < 0) return 0;
  if (k >= n) return 1;
  return beta_tails(k + 1, n - k, p, 1 - p).upper;
}

}  // namespace cairn::stats
