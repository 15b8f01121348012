// The special functions that intervals stand on. Pure, safe from any thread, no allocation.
//
// A NaN argument gives NaN. An argument outside the stated domain is a broken invariant (CHECK), because every
// caller computes it. Accuracy is relative unless said otherwise; the tests hold goldens from 30-digit arithmetic.
#pragma once

namespace cairn::stats {

/// ln Γ(x), x > 0. Unlike std::lgamma it touches no global.
double log_gamma(double x);

/// ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a+b), a, b > 0.
double log_beta(double a, double b);

/// Regularised incomplete gamma functions, a > 0, x ≥ 0: P(a, x) = γ(a, x)/Γ(a) and Q = 1 − P, each computed
/// without subtracting where it is the small one. About 1e-13; O(√a) steps near x = a.
/// Source: series DLMF 8.7.1 below x = a+1, continued fraction DLMF 8.9.2 above; factor by Loader (2000), so that
/// nothing cancels when a is large.
double gamma_p(double a, double x);
double gamma_q(double a, double x);

/// x with P(a, x) = p, or with Q(a, x) = q; a > 0, p and q in [0, 1]. The ends give 0 and +infinity. Use the one
/// whose probability is small. About 1e-12.
double gamma_p_inverse(double a, double p);
double gamma_q_inverse(double a, double q);

/// Regularised incomplete beta I_x(a, b), a, b > 0, x in [0, 1]. About 1e-13; O(√max(a, b)) steps.
/// Source: continued fraction DLMF 8.17.22 by Lentz's method, factor by Loader (2000).
double beta_i(double a, double b, double x);

/// x in [0, 1] with I_x(a, b) = p, p in [0, 1]. About 1e-12 in the smaller of x and 1 − x.
double beta_i_inverse(double a, double b, double p);

/// Φ(z), by erfc: the lower tail keeps its digits.
double normal_cdf(double z);

/// z with Φ(z) = p, p in [0, 1]; the ends give ∓infinity. About 1e-15. Source: Wichura (1988), AS 241, PPND16.
double normal_quantile(double p);

/// P(|Z| ≥ |z|) for a standard normal Z: the p-value of a two-sided z test.
double two_sided_p(double z);

/// P(X ≤ x) and P(X ≥ x) for chi-square with df > 0 degrees of freedom, x ≥ 0, and x with P(X ≤ x) = p.
double chi_square_cdf(double x, double df);
double chi_square_tail(double x, double df);
double chi_square_quantile(double p, double df);

/// Student's t with df > 0 degrees of freedom: P(T ≤ t), and t with P(T ≤ t) = p, p in [0, 1] (the ends give
/// ∓infinity). About 1e-12, by the incomplete beta; from 2,000 degrees on by Abramowitz and Stegun 26.7.5.
double t_cdf(double t, double df);
double t_quantile(double p, double df);

/// P(X ≤ k) for X binomial(n, p); n ≥ 0, p in [0, 1]; 0 below k = 0 and 1 from k = n.
double binomial_cdf(double k, double n, double p);

}  // namespace cairn::stats
