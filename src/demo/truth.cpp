#include "demo/truth.h"

#include <fmt/format.h>

#include "demo/parameters.h"

namespace cairn::demo {
namespace {

std::string header(const Plan& plan) {
  std::string incident = "null";
  if (plan.incident)
    incident =
        fmt::format(R"({{"week":{},"browser":"{}","from":"{}","to":"{}","breaks":{}}})", kIncidentWeek,
                    kIncidentBrowser, to_rfc3339(plan.incident->from), to_rfc3339(plan.incident->to), kIncidentBreaks);
  std::string slump = "null";
  if (plan.slump_from < plan.slump_to)
    slump = fmt::format(R"({{"from":"{}","to":"{}","factor":{}}})", to_rfc3339(plan.slump_from),
                        to_rfc3339(plan.slump_to), kSlumpFactor);
  std::string parameters = fmt::format(
      R"("buyer_share":{},"rate_shape":{},"rate_mean":{},"dropout_a":{},"dropout_b":{},"dropout_by_satisfaction":{},)"
      R"("middling":{},"dissatisfied_below":{},"answers_mean":{},"silence_of_dissatisfied":{},"growth_per_year":{})",
      kBuyerShare, kRateShape, kRateMean, kDropoutShapeA, kDropoutShapeB, kDropoutBySatisfaction, kMiddling,
      kDissatisfiedBelow, kAnswersMean, kSilenceOfDissatisfied, kGrowthPerYear);
  return fmt::format(
      "{{\"seed\":\"{}\",\"customers\":{},\"months\":{},\"begin\":\"{}\",\"end\":\"{}\",\n\"parameters\":{{{}}},\n"
      "\"incident\":{},\n\"late_deliveries\":{},\n\"gesture\":{{\"share\":{},\"keeps\":{}}},\n\"people\":[\n",
      plan.seed, plan.customers, plan.months, to_rfc3339(plan.calendar.begin()), to_rfc3339(plan.calendar.end()),
      parameters, incident, slump, kGestureShare, kGestureKeeps);
}

std::string line(const Truth& t, Time end) {
  std::string left = t.left_at && *t.left_at < end ? '"' + to_rfc3339(*t.left_at) + '"' : "null";
  std::string invited = t.invited_by ? '"' + user_id_of(*t.invited_by) + '"' : "null";
  return fmt::format(
      R"({{"user_id":"{}","buys":{},"satisfied":{:.3f},"left_at":{},"purchase_rate":{:.5f},"dropout":{:.3f},)"
      R"("eligible_for_gesture":{},"treated_by_gesture":{},"member":{},"hit_by_incident":{},)"
      R"("silently_dissatisfied":{},"invited_by":{},"orders":{}}})",
      user_id_of(t.customer), t.buys, t.satisfied, left, t.purchase_rate, t.dropout, t.was_eligible, t.was_treated,
      t.is_member, t.hit_by_incident, t.was_dissatisfied && !t.told_so, invited, t.orders);
}

}  // namespace

Result<TruthFile> TruthFile::create(Files& files, const std::string& directory, const Plan& plan) {
  std::string path = join_path(directory, "truth.json");
  TRY(files.make_directory(directory));
  auto file = TRY(files.open(path + ".part", Open::truncate));
  TRY(file->append(header(plan)));
  return TruthFile(files, std::move(path), std::move(file), plan.calendar.end());
}

Result<void> TruthFile::add(const std::vector<Truth>& truths) {
  std::string text;
  for (const Truth& t : truths) {
    if (!is_first_) text += ",\n";
    is_first_ = false;
    text += line(t, end_);
    sum_.reminders += t.reminders;
    sum_.orders_by_reminder += t.orders_by_reminder;
    sum_.win_backs += t.win_backs;
    sum_.orders_by_win_back += t.orders_by_win_back;
    sum_.recommended += t.recommended;
    sum_.orders_by_recommendation += t.orders_by_recommendation;
  }
  return file_->append(text);
}

Result<void> TruthFile::finish() {
  auto effect = [](std::string_view name, double uplift, int treated, int orders) {
    return fmt::format(R"("{}":{{"holdout":{},"uplift":{},"treated":{},"orders_caused":{}}})", name, kHoldout, uplift,
                       treated, orders);
  };
  TRY(file_->append(
      fmt::format("],\n\"automations\":{{{},{}}},\n{}}}\n",
                  effect("cart-reminder", kReminderUplift, sum_.reminders, sum_.orders_by_reminder),
                  effect("win-back", kWinBackUplift, sum_.win_backs, sum_.orders_by_win_back),
                  effect("recommendation", kRecommendationUplift, sum_.recommended, sum_.orders_by_recommendation))));
  TRY(file_->sync());
  file_.reset();
  return files_.rename(path_ + ".part", path_);
}

}  // namespace cairn::demo
