// What the simulated shop is made of. Everything here is a choice of ours, written to truth.json with each demo, and
// the one place to turn when the shop should behave otherwise.
#pragma once
#include <cstdint>

namespace cairn::demo {

// Who comes, and how they buy: gamma rates and beta dropout as in BG/NBD (Fader, Hardie, Lee 2005), the dropout moved
// by how satisfied somebody is.
inline constexpr double kGrowthPerYear = 0.25;  ///< More arrivals a year later.
inline constexpr double kBuyerShare = 0.82;     ///< The rest look around and never buy.
inline constexpr double kRateShape = 1.1;       ///< Gamma shape of the purchase rate.
inline constexpr double kRateMean = 1.0 / 138;  ///< Purchases a day while a customer stays.
inline constexpr double kDropoutShapeA = 2.0;   ///< Beta shapes of the chance to leave after a purchase.
inline constexpr double kDropoutShapeB = 2.7;
inline constexpr double kDropoutBySatisfaction = 0.9;  ///< Chance to leave × (1 + this × (kMiddling − satisfaction)).
inline constexpr double kMiddling = 0.70;
inline constexpr double kBrowsePerDay = 1.0 / 40;  ///< Visits without buying, while a customer stays.

// Satisfaction, 0 to 1: where people start, what moves it, and how it turns into answers.
inline constexpr double kSatisfactionMean = 0.72;
inline constexpr double kSatisfactionSpread = 0.115;
inline constexpr double kAnswerNoise = 0.10;
inline constexpr double kDissatisfiedBelow = 0.50;
inline constexpr double kForgets = 0.30;  ///< Share of the way back to one's own mean at each purchase.
inline constexpr double kOnTimeMoves = 0.02;
inline constexpr double kLateMoves = -0.17;  ///< And as much again in steps of kLateDayMoves for each further day.
inline constexpr double kLateDayMoves = -0.02;
inline constexpr double kLostMoves = -0.35;
inline constexpr double kOutOfStockMoves = -0.25;
inline constexpr double kFaultMoves = -0.20;  ///< Damaged, or not what was ordered.
inline constexpr double kWellSolvedMoves = 0.09;
inline constexpr double kBadlySolvedMoves = -0.10;
inline constexpr double kBrokenCheckoutMoves = -0.20;
inline constexpr double kGestureMoves = 0.12;

// Orders.
inline constexpr double kStoreShare = 0.12;
inline constexpr double kPhoneShare = 0.03;
inline constexpr double kAppShare = 0.22;
inline constexpr double kOutOfStock = 0.014;
inline constexpr double kCancelledByCustomer = 0.012;
inline constexpr double kLost = 0.005;
inline constexpr double kFaulty = 0.026;
inline constexpr double kReturnWithoutFault = 0.058;
inline constexpr double kReturnWithFault = 0.60;
inline constexpr int kPromisedDays = 4;
inline constexpr double kSlumpFactor = 2.6;  ///< Lateness in the slump, from 8 to 5 months before the end.
inline constexpr int kSlumpFromMonths = 8;
inline constexpr int kSlumpToMonths = 5;
inline constexpr double kChristmasLateFactor = 1.5;

// Service.
inline constexpr double kQuestionPerOrder = 0.20;
inline constexpr double kAnsweredAlone = 0.50;  ///< Of the questions taken to the help centre.
inline constexpr double kZeroResults = 0.17;
inline constexpr double kOpensArticle = 0.70;  ///< After a search with results.
inline constexpr double kVotes = 0.35;
inline constexpr double kFindsHelpful = 0.67;
inline constexpr double kFirstReplyHours = 6.0;  ///< Mean, working hours.
inline constexpr double kSolvedByFirstReply = 0.60;
inline constexpr double kReopens = 0.07;
inline constexpr double kComplainsWhenLate = 0.14;
inline constexpr double kComplainsWhenFaulty = 0.45;
inline constexpr double kComplainsWhenLost = 0.75;
inline constexpr double kComplainsWhenOutOfStock = 0.20;

// A gesture is drawn among complainers whose trouble was solved: a fair coin, so that its effect can be measured.
inline constexpr double kGestureShare = 0.5;
inline constexpr double kGestureKeeps = 0.15;  ///< Less chance of leaving, at the next time of leaving.

// Answers.
inline constexpr double kAnswersMean = 0.30;  ///< Share of surveys answered by somebody of middling talkativeness.
inline constexpr double kSilenceOfDissatisfied = 0.50;  ///< Their chance to answer is multiplied by this.
inline constexpr double kNpsSent = 0.40;

// Anticipation.
inline constexpr double kHoldout = 0.2;
inline constexpr double kReminderUplift = 0.04;  ///< Added chance to buy within 6 days of a cart reminder,
                                                 ///< for who would not have bought in the 7 days anyway.
inline constexpr double kReminderBase = 0.08;    ///< Who comes back for the cart alone.
inline constexpr double kWinBackUplift = 0.04;   ///< The same for the win-back mail, of those who have not left.
inline constexpr int kWinBackDays = 80;
inline constexpr double kRecommendationUplift = 0.03;  ///< The same for a recommendation.
inline constexpr double kSubscribes = 0.62;
inline constexpr double kOpensMail = 0.28;
inline constexpr double kUnsubscribes = 0.004;
inline constexpr double kMarksSpam = 0.0004;
inline constexpr double kEnrolsFirst = 0.22;
inline constexpr double kEnrolsLater = 0.10;
inline constexpr int64_t kRewardPoints = 100;

// Consent, of those who order for the first time. Who gets letters has said yes to them.
inline constexpr double kRefusesLetters = 0.75;  ///< Of the others; the rest said nothing.
inline constexpr double kAllowsSms = 0.12;
inline constexpr double kWithdrawsSms = 0.25;  ///< Of these, at each later order.
inline constexpr double kAnswersBanner = 0.20;
inline constexpr double kAllowsAnalytics = 0.65;  ///< Of those who answer.
inline constexpr double kAsksForChoices = 0.18;   ///< Personalisation, with an account.
inline constexpr double kAllowsChoices = 0.80;
inline constexpr double kAllowsCalls = 0.30;  ///< Of those who order by telephone.
inline constexpr double kSaysMore = 0.15;     ///< Tells of themselves on the preference page, at a later order.

// Empowerment.
inline constexpr double kReviews = 0.06;
inline constexpr double kInvites = 0.15;  ///< After an order, of the content.
inline constexpr double kInvitationAccepted = 0.65;
inline constexpr double kReferredShare = 0.06;  ///< Places for customers who come by an invitation.
inline constexpr double kIdeas = 0.012;
inline constexpr double kIdeaRealised = 0.32;

// The incident: in ISO week 37 this browser's checkout breaks.
inline constexpr int kIncidentWeek = 37;
inline constexpr const char* kIncidentBrowser = "Firefox";
inline constexpr const char* kIncidentRelease = "shop-37.1";
inline constexpr double kIncidentBreaks = 0.90;  ///< Of the checkouts.
inline constexpr double kIncidentComplains = 0.30;
inline constexpr double kIncidentComesBack = 0.45;  ///< Buys later after all.

}  // namespace cairn::demo
