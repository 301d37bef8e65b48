// How the two files of a choice are timed without a browser: commands to copy.
import { $ } from "./page.mjs";

/** Write the commands for a dense and a separable network of a type, two entries of the index. */
export function showCommands(type, ...files) {
  const [dense, separable] = files.map(({ file }) => file.replace(/\.gz$/, ""));
  $("litert").textContent = [
    `gunzip ${dense}.gz ${separable}.gz`,
    `adb push benchmark_model ${dense} ${separable} /data/local/tmp/`,
    "adb shell chmod +x /data/local/tmp/benchmark_model",
    ...[dense, separable].map(
      (file) =>
        `adb shell /data/local/tmp/benchmark_model --graph=/data/local/tmp/${file} --num_threads=1 --num_runs=50`,
    ),
  ].join("\n");
  const [{ width, resolution }] = files;
  const network = type === "i8" ? "export.quantized(network, images)" : "network";
  $("pte").textContent = `import torch
from dwsep_helpers.hardware import export
from dwsep_helpers.mobilenet import MobileNetV1

images = torch.rand(${type === "i8" ? 8 : 1}, 3, ${resolution}, ${resolution})
for name, separable in (("dense", False), ("separable", True)):
    network = MobileNetV1(width_multiplier=${width}, separable=separable).eval()
    program = export.export(${network}, images[:1])
    open(f"{name}.pte", "wb").write(program.buffer)`;
  $("executorch").textContent = [
    "cmake -B cmake-out-android -DCMAKE_BUILD_TYPE=Release -DANDROID_ABI=arm64-v8a \\",
    "  -DCMAKE_TOOLCHAIN_FILE=$ANDROID_NDK/build/cmake/android.toolchain.cmake \\",
    "  -DEXECUTORCH_BUILD_XNNPACK=ON -DEXECUTORCH_ENABLE_LOGGING=ON \\",
    "  -DEXECUTORCH_BUILD_EXECUTOR_RUNNER=ON -DEXECUTORCH_BUILD_EXTENSION_EVALUE_UTIL=ON .",
    "cmake --build cmake-out-android --target executor_runner",
    "adb push cmake-out-android/executor_runner dense.pte separable.pte /data/local/tmp/",
    ...["dense", "separable"].map(
      (name) =>
        `adb shell /data/local/tmp/executor_runner --model_path=/data/local/tmp/${name}.pte --num_executions=50 --cpu_threads=1`,
    ),
  ].join("\n");
}
