// The permit: the only thing an order may be sent for, and a value that nobody but the gate can
// make.
#pragma once

#include <cstdint>
#include <variant>

#include "sluice/domain/verdict.hpp"

namespace sluice {

class permit;
struct refused;
struct cancel_admitted;
using judgement = std::variant<permit, refused, cancel_admitted>;
[[nodiscard]] judgement judge(const plan& p, const facts& f, milliseconds permit_ttl);

/// Leave to send one order for one plan. Move-only, used once, bound to the plan's id and content,
/// to the position and to the terms. A moved-from permit is spent.
class permit {
 public:
  permit(permit&& other) noexcept;
  permit& operator=(permit&& other) noexcept;
  permit(const permit&) = delete;
  permit& operator=(const permit&) = delete;
  ~permit() = default;

  [[nodiscard]] const plan_id& plan() const { return plan_; }
  [[nodiscard]] const position_key& position() const { return position_; }
  /// What may be sent: to be read before it is taken (expiry, truth version).
  [[nodiscard]] const order_terms& terms() const { return terms_; }
  /// True once its terms were taken or it was moved from.
  [[nodiscard]] bool spent() const { return spent_; }
  /// True when it was given for exactly this plan: same id, same content.
  [[nodiscard]] bool covers(const struct plan& p) const;
  [[nodiscard]] bool expired(instant now) const { return now >= terms_.expires; }

  /// The terms, once. Throws std::logic_error when the permit is spent: a programmer's mistake that
  /// must never become a second order.
  [[nodiscard]] order_terms take() &&;

 private:
  friend judgement judge(const struct plan& p, const facts& f, milliseconds permit_ttl);
  permit(const struct plan& p, const order_terms& terms);

  plan_id plan_{};
  position_key position_{};
  std::uint64_t content_{0};
  order_terms terms_{};
  bool spent_{false};
};

}  // namespace sluice
