{{/*
The components of a release: the one place that lists them. Each has
  port   where its service listens; the default in the service's own yaml
  stage  whether it is a stage of the pipeline, with calls to drain and work to be scaled by
  next   the stage that its results go to
  needs  which of database, imageStore, ark, visual, webhook it is given, settings and keys, and no others; "outside": it
         calls addresses that come from outside
A new one has besides its block in values.yaml and values.schema.json, and its line in Component of the tests.
*/}}
{{- define "pawline.components" -}}
ingest: {port: 8080, stage: false, next: detect, needs: [database, imageStore]}
detect: {port: 8082, stage: true, next: generate, needs: [ark, imageStore, outside]}
generate: {port: 8083, stage: true, next: matting, needs: [ark]}
matting: {port: 8084, stage: true, next: finalize, needs: [visual, imageStore]}
finalize: {port: 8085, stage: true, next: callback, needs: [imageStore, outside]}
callback: {port: 8086, stage: true, next: "", needs: [database, imageStore, webhook, outside]}
ops: {port: 8087, stage: false, next: "", needs: [database]}
{{- end -}}

{{/*
The checked component of a name, as YAML: root is left out, since it is no data. Takes a list: top-level scope, name.
Its `values` are the defaults with the component's own above them.
*/}}
{{- define "pawline.component" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $component := index (include "pawline.components" $root | fromYaml) $name -}}
{{- $values := mergeOverwrite (deepCopy $root.Values.defaults) (deepCopy (index $root.Values $name)) -}}
{{- $scaling := $values.scaling -}}
{{- $pods := eq $scaling.mode "fixed" | ternary $scaling.replicas $scaling.maxReplicas | int -}}
{{- $component = merge (dict "name" $name "values" $values "pods" $pods) $component -}}
{{- include "pawline.checkScaling" (dict "root" $root "component" $component) -}}
{{- toYaml $component -}}
{{- end -}}

{{/* Fails with the keys to change if the component could ask for more than there is. */}}
{{- define "pawline.checkScaling" -}}
{{- $name := .component.name -}}
{{- $values := .component.values -}}
{{- $scaling := $values.scaling -}}
{{- $pods := .component.pods -}}
{{- $podsKey := printf "%s.scaling.%s" $name (eq $scaling.mode "fixed" | ternary "replicas" "maxReplicas") -}}
{{- if and (ne $scaling.mode "fixed") (gt (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- fail (printf "%s.scaling.minReplicas is %d and above %s.scaling.maxReplicas, %d" $name (int $scaling.minReplicas) $name (int $scaling.maxReplicas)) -}}
{{- end -}}
{{- if and (eq $name "ops") (or (ne $scaling.mode "fixed") (gt $pods 1)) -}}
{{- fail (printf "ops.scaling must be mode fixed with at most 1 of replicas, and is %s with %d (or defaults.scaling is): ops-service is one pod, whose work grows with what goes wrong and not with the load" $scaling.mode $pods) -}}
{{- end -}}
{{- if and (eq $scaling.mode "keda") (not .component.stage) -}}
{{- fail (printf "%s.scaling.mode cannot be keda: %s is no stage and has no work waiting to be scaled by; use hpa or fixed" $name $name) -}}
{{- end -}}
{{- if and (eq $scaling.mode "keda") (not .root.Values.keda.prometheusUrl) -}}
{{- fail (printf "keda.prometheusUrl is required: %s.scaling.mode is keda, which asks a Prometheus for the work that waits" $name) -}}
{{- end -}}
{{- if and (eq $scaling.mode "hpa") (not (dig "requests" "cpu" "" $values.resources)) -}}
{{- fail (printf "%s.resources.requests.cpu is required: %s.scaling.mode is hpa, which compares with it" $name $name) -}}
{{- end -}}
{{- if .component.stage -}}
{{- $capacity := int $values.providerCapacity -}}
{{- $calls := mul $pods (int $values.inFlight) -}}
{{- if and (gt $capacity 0) (gt $calls $capacity) -}}
{{- fail (printf "%s could have %d calls in flight (%s %d x %s.inFlight %d), and its provider bears %d (%s.providerCapacity): lower %s to %d, or %s.inFlight to %d, or have the capacity raised" $name $calls $podsKey $pods $name (int $values.inFlight) $capacity $name $podsKey (div $capacity (int $values.inFlight)) $name (div $capacity (max $pods 1))) -}}
{{- end -}}
{{- $partitions := int .root.Values.kafka.topics.partitions -}}
{{- if gt $pods $partitions -}}
{{- fail (printf "%s may have %d pods (%s) and its topics have %d partitions (kafka.topics.partitions), so %d pods would have no work: raise kafka.topics.partitions to %d, or lower %s" $name $pods $podsKey $partitions (sub $pods $partitions) $pods $podsKey) -}}
{{- end -}}
{{- end -}}
{{- end -}}
