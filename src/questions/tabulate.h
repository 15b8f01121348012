// The engine's answers as tables. Pure. Inside this folder only.
#pragma once
#include "engine/answers.h"
#include "engine/plan.h"
#include "questions/answer.h"

namespace cairn::questions {

/// `everybody`: how many customers there were at the moment.
void put_selected(Answer& out, const engine::Selected& selected, uint64_t everybody);
void put_values(Answer& out, const query::Checked& checked, std::vector<engine::Line> lines);
void put_series(Answer& out, const query::Checked& checked, const engine::Series& series);
void put_funnel(Answer& out, const query::Checked& checked, engine::Funnel funnel);
void put_retention(Answer& out, const query::Checked& checked, const engine::Retention& retention);
void put_paths(Answer& out, const query::Checked& checked, const engine::Paths& paths);
void put_transitions(Answer& out, const engine::Transitions& transitions);

/// An expression over all customers: how its values are distributed. Lines of one value.
void put_distribution(Answer& out, query::Type type, const std::vector<engine::Line>& lines);

/// Distinct values that a distribution lists with how often they were.
inline constexpr size_t kListedValues = 1000;
/// Numbers are listed one by one when there are not more than so many different ones.
inline constexpr size_t kListedNumbers = 20;

}  // namespace cairn::questions
