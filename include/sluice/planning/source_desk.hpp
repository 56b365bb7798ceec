// Who may send which plans, and how many: tokens, lanes and quotas of the sources, looked at before
// anything is accepted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "sluice/domain/plan.hpp"
#include "sluice/planning/confirmations.hpp"
#include "sluice/planning/rate_quota.hpp"
#include "sluice/planning/settings.hpp"

namespace sluice {

/// The digests of the sources' tokens, by source.
using source_tokens = std::map<std::string, token_digest, std::less<>>;

/// Who hands plans in.
struct plan_bearer {
  bool local{false};                    ///< A file or pipe of this machine: it shows no token.
  std::optional<token_digest> token{};  ///< Digest of the token that came with the request.
  bool may_order{false};                ///< It is the one that orders need.
};

/// Whether orders need a token; then plans of sources that have none of their own need it too.
enum class order_token : std::uint8_t { none, needed };

enum class desk_refusal : std::uint8_t {
  none,
  token_missing,        ///< The source has a token, and the request shows none.
  order_token_missing,  ///< The source has none of its own, and orders need one.
  token_unknown,        ///< The request's token is nobody's.
  other_source,         ///< The token is another source's.
  unlisted,             ///< The source has no table, and such sources are refused.
  lane_closed,          ///< The source may not send plans of this lane.
  too_fast,             ///< More plans a second than its quota.
  too_many_open,        ///< More plans without a verdict than its quota.
};

struct desk_answer {
  desk_refusal refusal{desk_refusal::none};
  source_id source{};
  lane traffic{lane::entry};
  std::size_t limit{0};  ///< Of a quota.
  milliseconds wait{0};  ///< For too_fast: until they would be admitted.
  std::size_t at{0};     ///< The plan, by its place.
};

/// Why, for `unlisted` and `lane_closed`.
[[nodiscard]] std::string door_words(desk_refusal r, const source_id& source, lane traffic);

class source_desk {
 public:
  source_desk(const intake_settings& settings, source_tokens tokens,
              order_token orders = order_token::none);

  /// Other tokens from the next request on; who is admitted already stays so.
  void tokens(source_tokens now) { tokens_ = std::move(now); }
  /// Whether all of these may be handed in. Takes them from their quotas of speed when they may,
  /// unless it was only asked.
  [[nodiscard]] desk_answer admit(std::span<const plan> plans, const plan_bearer& by, instant now,
                                  bool only_asked = false);
  /// Whether its table, or that it has none, keeps the source's plans of this lane out: what is
  /// left of the door where neither tokens nor quotas are.
  [[nodiscard]] desk_refusal refusal_by_table(const source_id& source, lane traffic) const;
  /// Counts a plan that has, or no longer has, a verdict to come.
  void opened(const source_id& source, lane traffic);
  void closed(const source_id& source, lane traffic);

 private:
  struct quota {
    std::optional<rate_quota> speed{};
    std::size_t open_max{0};
    std::size_t open{0};
    bool closed{false};
  };
  using lanes = std::array<quota, 2>;
  struct wanted {
    std::size_t plans{0};
    std::size_t at{0};
  };

  [[nodiscard]] desk_refusal known(const plan& p, const plan_bearer& by,
                                   const std::string* owner) const;
  [[nodiscard]] desk_refusal refusal_by_token(const plan& p, const plan_bearer& by,
                                              const std::string* owner) const;
  [[nodiscard]] const std::string* owner_of(const plan_bearer& by) const;
  [[nodiscard]] quota* quota_of(const source_id& source, lane traffic);

  source_tokens tokens_;
  order_token orders_;
  unlisted_intake unlisted_;
  std::unordered_map<std::string, lanes> sources_{};
};

}  // namespace sluice
