// The loop's thread and timers over one io_context.
#include "io_loop.hpp"

#include <optional>
#include <thread>
#include <utility>

#include "name_cache.hpp"
#include "net.hpp"

namespace sluice::exchange {

struct io_loop::impl {
  explicit impl(look_up_fn look_up) : names(context, std::move(look_up)) {}
  asio::io_context context{1};
  name_cache names;  ///< Its timers need the context.
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread{};
};

io_loop::io_loop(look_up_fn look_up) : impl_(std::make_unique<impl>(std::move(look_up))) {
  impl_->thread = std::thread([this] { impl_->context.run(); });
}

io_loop::~io_loop() {
  stop();
}

void io_loop::post(std::function<void()> work) {
  asio::post(impl_->context, std::move(work));
}

bool io_loop::on_loop_thread() const {
  return impl_->thread.get_id() == std::this_thread::get_id();
}

void io_loop::stop() {
  impl_->context.stop();
  if (impl_->thread.joinable() && !on_loop_thread())
    impl_->thread.join();
}

asio::io_context& context_of(io_loop& loop) {
  return loop.internals().context;
}

name_cache& names_of(io_loop& loop) {
  return loop.internals().names;
}

struct loop_timer::impl {
  explicit impl(io_loop& loop) : timer(context_of(loop)) {}
  asio::steady_timer timer;
  std::uint64_t round{0};  ///< A wait that has already expired is told apart from the present one.
};

loop_timer::loop_timer(io_loop& loop) : impl_(std::make_shared<impl>(loop)) {}

loop_timer::~loop_timer() {
  cancel();
}

void loop_timer::start(milliseconds wait, std::function<void()> work) {
  const auto round = ++impl_->round;
  impl_->timer.expires_after(wait);
  impl_->timer.async_wait(
      [weak = std::weak_ptr<impl>(impl_), round, work = std::move(work)](error_code failed) {
        const auto alive = weak.lock();
        if (!failed && alive && alive->round == round)
          work();
      });
}

void loop_timer::cancel() {
  ++impl_->round;
  impl_->timer.cancel();
}

}  // namespace sluice::exchange
