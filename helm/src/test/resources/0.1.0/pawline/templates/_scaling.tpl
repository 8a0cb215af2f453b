{{/* What scales a component. Each template takes the component with root. */}}

{{/* A pod that goes drains its calls and moves its partitions, so pods come quickly and go one by one. */}}
{{- define "pawline.scalingBehavior" -}}
scaleUp:
  stabilizationWindowSeconds: 0
  selectPolicy: Max
  policies:
    - type: Percent
      value: 100
      periodSeconds: 60
    - type: Pods
      value: 2
      periodSeconds: 60
scaleDown:
  stabilizationWindowSeconds: 300
  policies:
    - type: Pods
      value: 1
      periodSeconds: {{ add .values.drainSeconds 60 }}
{{- end -}}

{{- define "pawline.horizontalPodAutoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "pawline.componentName" . }}
  minReplicas: {{ .values.scaling.minReplicas }}
  maxReplicas: {{ .values.scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .values.scaling.cpuPercent }}
  behavior:
    {{- include "pawline.scalingBehavior" . | nindent 4 }}
{{- end -}}

{{/* The work that is left to do; nothing while the stage may not begin any, since more pods would only wait together. */}}
{{- define "pawline.workToScaleBy" -}}
{{- $of := printf "release=%q,stage=%q" (include "pawline.releaseTag" .root) .name -}}
sum(pawline_stage_lag_net{ {{- $of -}} } * pawline_stage_open{ {{- $of -}} })
{{- end -}}

{{- define "pawline.scaledObject" -}}
{{- $keda := .root.Values.keda -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    name: {{ include "pawline.componentName" . }}
  pollingInterval: {{ $keda.pollingSeconds }}
  # Never none: a stage without a pod tells nobody of its work.
  minReplicaCount: {{ .values.scaling.minReplicas }}
  maxReplicaCount: {{ .values.scaling.maxReplicas }}
  # Without the metric, what runs goes on running.
  fallback:
    failureThreshold: 4
    replicas: {{ .values.scaling.minReplicas }}
    behavior: currentReplicasIfHigher
  advanced:
    horizontalPodAutoscalerConfig:
      name: {{ include "pawline.componentName" . }}
      behavior:
        {{- include "pawline.scalingBehavior" . | nindent 8 }}
  triggers:
    - type: prometheus
      metricType: AverageValue
      metadata:
        serverAddress: {{ $keda.prometheusUrl | quote }}
        query: {{ include "pawline.workToScaleBy" . | quote }}
        threshold: {{ .values.scaling.tasksPerPod | default .values.inFlight | int | quote }}
        # No answer is not the same as no work.
        ignoreNullValues: "false"
        {{- with $keda.authModes }}
        authModes: {{ . | quote }}
        {{- end }}
      {{- with $keda.triggerAuthentication }}
      authenticationRef:
        name: {{ . }}
      {{- end }}
{{- end -}}
