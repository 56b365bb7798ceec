// How a permit is made, handed on and used up.
#include "sluice/gate/permit.hpp"

#include <stdexcept>
#include <utility>

namespace sluice {

permit::permit(const struct plan& p, const order_terms& terms)
    : plan_(p.id), position_{p.instrument, p.leg}, content_(content_hash(p)), terms_(terms) {}

permit::permit(permit&& other) noexcept
    : plan_(std::move(other.plan_)),
      position_(std::move(other.position_)),
      content_(other.content_),
      terms_(other.terms_),
      spent_(std::exchange(other.spent_, true)) {}

permit& permit::operator=(permit&& other) noexcept {
  if (this == &other)
    return *this;
  plan_ = std::move(other.plan_);
  position_ = std::move(other.position_);
  content_ = other.content_;
  terms_ = other.terms_;
  spent_ = std::exchange(other.spent_, true);
  return *this;
}

bool permit::covers(const struct plan& p) const {
  return p.id == plan_ && content_hash(p) == content_;
}

order_terms permit::take() && {
  if (std::exchange(spent_, true))
    throw std::logic_error("a spent permit was used again: " + plan_.str());
  return terms_;
}

}  // namespace sluice
