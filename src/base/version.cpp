#include "base/version.h"

namespace cairn {

std::string version() {
  std::string commit = CAIRN_COMMIT;
  return commit.empty() ? CAIRN_VERSION : CAIRN_VERSION " (" + commit + ")";
}

}  // namespace cairn
