// `cairn demo`.
#pragma once
#include "app/command.h"

namespace cairn::app {

/// The write key in the pages of the demo's shop (web/shop): the same in every demo, and in no other directory.
inline constexpr std::string_view kDemoShopKey = "demo-shop";

Result<void> run_demo(Instance& instance, CommandCall& call);

}  // namespace cairn::app
